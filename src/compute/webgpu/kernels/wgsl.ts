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

/** Lanes that work on one row, where threads don't work alone. */
const LANES = 64;

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
const ALONE = `const LANES = 1;
  fn sumOver(value : f32, lane : i32) -> f32 { return value; }
  fn maxOver(value : f32, lane : i32) -> f32 { return value; }`;

export function rowKernel(style: KernelStyle, { name, rows, bindings, declarations = '', body }: RowKernel): Dispatch {
  const alone = style === 'single';
  return {
    name,
    bindings,
    declarations: `${alone ? ALONE : joinLanes(LANES)}
      ${declarations}`,
    body: alone ? `let row = index; { let lane = 0; ${body} }` : `let row = group; ${body}`,
    threads: alone ? rows : rows * LANES,
    workgroupSize: alone ? THREADS_ALONE : LANES,
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

/**
 * Declares the error function `erf`, within 1e-7 everywhere: a rational approximation of odd over even powers on [-4, 4].
 * Source: Eigen, `generic_fast_erf_float`.
 */
export function erfWgsl(type: 'f32' | 'vec4<f32>'): string {
  return `fn erf(value : ${type}) -> ${type} {
    let x = clamp(value, ${type}(-4.0), ${type}(4.0));
    let s = x * x;
    let p = -1.60960333262415e-2 + s * (-2.95459980854025e-3 + s * (-7.34990630326855e-4 + s * (-5.69250639462346e-5
      + s * (-2.10102402082508e-6 + s * (2.77068142495902e-8 + s * -2.72614225801306e-10)))));
    let q = -1.42647390514189e-2 + s * (-7.37332916720468e-3 + s * (-1.68282697438203e-3 + s * (-2.13374055278905e-4
      + s * -1.45660718464996e-5)));
    return x * p / q;
  }`;
}

/** Declares `inWidth(v, c)`: vector c of a row of `width` numbers, 0 where it only fills the row up to a multiple of four. */
export function inWidthWgsl(width: number): string {
  const inside = `4 * c + vec4<i32>(0, 1, 2, 3) < vec4<i32>(${width})`;
  return `fn inWidth(v : vec4<f32>, c : i32) -> vec4<f32> {
    return ${width % 4 === 0 ? 'v' : `select(vec4<f32>(0.0), v, ${inside})`};
  }`;
}

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
 * `compute/tfjs/composedOps.ts` makes.
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
