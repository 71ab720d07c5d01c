/** What attention is computed over, in either style. */
import type { Dispatch } from '../plan.ts';
import { float } from './wgsl.ts';

export interface AttentionShape {
  /** B. */
  readonly batch: number;
  /** T. */
  readonly columns: number;
  /** A. */
  readonly heads: number;
  /** D; in memory, zeros fill it up to a multiple of four. */
  readonly headSize: number;
}

/** Sizes as the kernels are written with them. */
interface Sizes {
  readonly T: number;
  /** Vectors of four in a head's row, in a row of [N, H], and in a third of a row of qkv. */
  readonly D4: number;
  readonly H4: number;
  /** 1 / √D in WGSL. */
  readonly scale: string;
}

export function sizesOf({ columns, heads, headSize }: AttentionShape): Sizes {
  const D4 = Math.ceil(headSize / 4);
  return { T: columns, D4, H4: heads * D4, scale: float(1 / Math.sqrt(headSize)) };
}

/**
 * Declares places in the tensors: `head` counts b · A + a, `first` is the first of some rows in its sequence, `base` that
 * sequence's row, and `part` the head's vectors in a row.
 * @param index of those who do so many rows each
 */
export function placesWgsl(shape: AttentionShape, index: 'group' | 'index', rows: number): string {
  const { T, D4 } = sizesOf(shape);
  return `
    let head = ${index} / ${T / rows};
    let first = ${index} % ${T / rows} * ${rows};
    let base = head / ${shape.heads} * ${T};
    let part = head % ${shape.heads} * ${D4};`;
}

/** The lowest float32, which transformers adds to the scores of masked keys. */
export const MASKED_SCORE = '-3.4028234e38';

type AttentionKernel = Pick<Dispatch, 'threads' | 'workgroupSize' | 'declarations' | 'body'>;

/** How a style does the three dispatches, over the bindings of `attention.ts`. */
export interface AttentionStyle {
  forward(shape: AttentionShape): AttentionKernel;
  /** @param drops whether probabilities are dropped, so that what dropout kept takes their place */
  scoreGradient(shape: AttentionShape, drops: boolean): AttentionKernel;
  /** `scores`: how probabilities and the scores' gradients are read; f32 unless it says so. */
  keyGradient(shape: AttentionShape): AttentionKernel & { readonly scores?: 'f32' | 'vec4<f32>' };
}
