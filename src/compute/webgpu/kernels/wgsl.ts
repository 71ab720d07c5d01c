/** Pieces of WGSL that several kernels share. */
import type { KernelStyle } from '../../../core/device.ts';
import { type Binding, type Dispatch, type Range, read } from '../plan.ts';

/** A WGSL literal of a float32. */
export function float(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** WGSL for each of several places, one a line. */
export function lines(count: number, line: (place: number) => string): string {
  return Array.from({ length: count }, (_, place) => line(place)).join('\n');
}

/** Lanes that work on one row. */
function lanesOf(style: KernelStyle): number {
  return style === 'single' ? 1 : 64;
}

/** A dispatch whose workgroups, or single threads, each do one row. */
export interface RowKernel {
  readonly name: string;
  readonly rows: number;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly declarations?: string;
  /**
   * Statements with `row` and `lane` in scope. Lane l does the entries l, l + LANES, …; `sumOver(value, lane)` and
   * `maxOver(value, lane)` join the lanes, and have to be reached by all of them.
   */
  readonly body: string;
}

const THREADS_ALONE = 4;

export function rowKernel(style: KernelStyle, kernel: RowKernel): Dispatch {
  const { name, rows, bindings, declarations = '' } = kernel;
  if (style === 'single') {
    return {
      name,
      bindings,
      declarations: `const LANES = 1;
        fn sumOver(value : f32, lane : i32) -> f32 { return value; }
        fn maxOver(value : f32, lane : i32) -> f32 { return value; }
        ${declarations}`,
      body: `let row = index;
        { let lane = 0; ${kernel.body} }`,
      threads: rows,
      workgroupSize: THREADS_ALONE,
    };
  }
  const lanes = lanesOf(style);
  return {
    name,
    bindings,
    declarations: `${joinLanes(lanes)}
      ${declarations}`,
    body: `let row = group;
      ${kernel.body}`,
    threads: rows * lanes,
    workgroupSize: lanes,
  };
}

/** Declares LANES, and `sumOver(value, lane)` and `maxOver(value, lane)` over the lanes of a workgroup. */
export function joinLanes(lanes: number): string {
  return `const LANES = ${lanes};
      var<workgroup> joined : array<f32, ${lanes}>;
      ${joinFunction('sumOver', 'joined[lane] + joined[lane + width]')}
      ${joinFunction('maxOver', 'max(joined[lane], joined[lane + width])')}`;
}

/** A tree over the lanes: the same order every time. The first barrier protects what an earlier call still reads. */
function joinFunction(name: string, join: string): string {
  return `fn ${name}(value : f32, lane : i32) -> f32 {
    workgroupBarrier();
    joined[lane] = value;
    workgroupBarrier();
    for (var width = LANES / 2; width > 0; width = width / 2) {
      if (lane < width) { joined[lane] = ${join}; }
      workgroupBarrier();
    }
    return joined[0];
  }`;
}

export const SUM4_WGSL = 'fn sum4(v : vec4<f32>) -> f32 { return (v.x + v.y) + (v.z + v.w); }';

/** Dropout at one place of the model. With rate 0 nothing is bound and nothing is dropped. */
export interface Dropout {
  readonly rate: number;
  /** Holds the seed of the place. */
  readonly seed: Range;
}

interface DropoutWgsl {
  readonly bindings: Readonly<Record<string, Binding>>;
  /** `keep1(entry)` and `keep4(first)` give what an entry, or four in a row, are multiplied by. */
  readonly declarations: string;
}

/**
 * What entry i is multiplied by: 0 if hash(hash(i) ^ seed) is below rate · 2³², else 1 / (1 − rate). The same choice as
 * `compute/tfjs/kernels/dropout.ts` makes.
 */
export function dropoutWgsl({ rate, seed }: Dropout): DropoutWgsl {
  if (rate <= 0) {
    const declarations = `
      fn keep1(entry : i32) -> f32 { return 1.0; }
      fn keep4(first : i32) -> vec4<f32> { return vec4<f32>(1.0); }`;
    return { bindings: {}, declarations };
  }
  const threshold = `${Math.floor(rate * 2 ** 32)}u`;
  const scale = float(1 / (1 - rate));
  return {
    bindings: { seed: read(seed, 'u32') },
    declarations: `
      fn hash1(value : u32) -> u32 {
        var h = value;
        h = (h ^ (h >> 16u)) * 0x7feb352du;
        h = (h ^ (h >> 15u)) * 0x846ca68bu;
        return h ^ (h >> 16u);
      }
      fn keep1(entry : i32) -> f32 {
        return select(0.0, ${scale}, hash1(hash1(u32(entry)) ^ seed[0]) >= ${threshold});
      }
      fn keep4(first : i32) -> vec4<f32> {
        return vec4<f32>(keep1(first), keep1(first + 1), keep1(first + 2), keep1(first + 3));
      }`,
  };
}
