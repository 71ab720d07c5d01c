/** What a kernel does with its result, vector by vector, before it is done: everything that follows element by element. */
import { type Binding, type Range, read, readWrite } from '../plan.ts';
import { type Dropout, dropoutWgsl, erfWgsl } from './wgsl.ts';

export interface Epilogue {
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly declarations: string;
  /** Statements with `value`, the place `at` and its `column` in scope: both count vectors of four. */
  readonly finish: string;
  /** Statement for the sum over k of `a`, as `value` at the vector `at`; form tn of a product only. */
  readonly finishSums?: string;
}

/** A statement on the vector `v`, and what it reads. @param place of the piece in its epilogue, which makes names unique */
export type Piece = (place: number) => {
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly declarations?: string;
  readonly statement: string;
};

/** One after the other. Each kind of `dropped` and `gelu` at most once. */
export function inTurn(...pieces: readonly Piece[]): Epilogue {
  const parts = pieces.map((piece, place) => piece(place));
  return {
    bindings: Object.assign({}, ...parts.map(({ bindings }) => bindings)),
    declarations: parts.map(({ declarations = '' }) => declarations).join('\n'),
    finish: `var v = value;\n${parts.map(({ statement }) => statement).join('\n')}`,
  };
}

/** Keeps what there is at this point. */
export const store =
  (to: Range): Piece =>
  (place) => ({ bindings: { [`output${place}`]: readWrite(to, 'vec4<f32>') }, statement: `output${place}[at] = v;` });

/** @param bias [n] */
export const biased =
  (bias: Range): Piece =>
  () => ({ bindings: { bias: read(bias, 'vec4<f32>') }, statement: 'v = v + bias[column];' });

export const plus =
  (other: Range): Piece =>
  (place) => ({ bindings: { [`other${place}`]: read(other, 'vec4<f32>') }, statement: `v = v + other${place}[at];` });

export const times =
  (factor: Range): Piece =>
  (place) => ({
    bindings: { [`factor${place}`]: read(factor, 'vec4<f32>') },
    statement: `v = v * factor${place}[at];`,
  });

export const dropped =
  (dropout: Dropout): Piece =>
  () => ({ ...dropoutWgsl(dropout), statement: 'v = v * keep4(4 * at);' });

/**
 * The exact GELU, and its slope there for the backward pass.
 * Source: Hendrycks and Gimpel (2016); `torch.nn.functional.gelu` with `approximate='none'`.
 */
export const gelu =
  (slope: Range): Piece =>
  () => ({
    bindings: { slope: readWrite(slope, 'vec4<f32>') },
    declarations: erfWgsl('vec4<f32>'),
    statement: `
      let share = 0.5 * (1.0 + erf(v * 0.70710678118654752));
      slope[at] = share + v * 0.39894228040143268 * exp(-0.5 * v * v);
      v = v * share;`,
  });

/** output = product. */
export function plain(to: Range): Epilogue {
  return inTurn(store(to));
}

/** Gradients of a dense layer's weight and bias (form tn), each added to what is there or in its place. */
export function denseGradients(
  weight: Range,
  bias: Range,
  adds: { readonly weight: boolean; readonly bias: boolean },
): Epilogue {
  const sign = (isAdded: boolean): string => (isAdded ? '+=' : '=');
  return {
    bindings: { output: readWrite(weight, 'vec4<f32>'), biasSums: readWrite(bias, 'vec4<f32>') },
    declarations: '',
    finish: `output[at] ${sign(adds.weight)} value;`,
    finishSums: `biasSums[at] ${sign(adds.bias)} value;`,
  };
}
