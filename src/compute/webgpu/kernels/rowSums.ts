/**
 * Sums over rows, without atomics: the gradients of LayerNorm's scale and shift, and of the one token type. Threads add
 * up stretches of rows into `parts`, whose columns lie as the parameters do; one dispatch adds up the stretches.
 */
import { type Binding, bind, type Dispatch, type Range, read, readWrite } from '../plan.ts';
import type { Source } from './rowSources.ts';
import { lines } from './wgsl.ts';

/** Stretches that the rows of a tensor are cut into. */
export function stretchesOf(rows: number): number {
  return Math.min(64, Math.max(8, Math.ceil(rows / 64)));
}

export interface NormSums {
  readonly rows: number;
  readonly x: Range; // [rows, H]
  readonly moments: Range; // [rows, 2]
  readonly upstream: Source;
  /** First column of the scale's sums in `parts`, in numbers; the shift's follow at `stride`. */
  readonly column: number;
  /** Adds to what is there. */
  readonly adds: boolean;
}

export interface PartsShape {
  /** H. */
  readonly width: number;
  /** Numbers from one parameter to the next. */
  readonly stride: number;
  /** Numbers in a row of `parts`. */
  readonly columns: number;
  readonly stretches: number;
}

/** Runs statements for each `row` of a `stretch`, with the vector `c` in scope. @param index over all vectors of all stretches */
function overStretch({ width, stretches }: PartsShape, rows: number, index: string, statements: string): string {
  const each = Math.ceil(rows / stretches);
  return `
    let stretch = (${index}) / ${width / 4};
    let c = (${index}) % ${width / 4};
    let end = min(${rows}, (stretch + 1) * ${each});
    for (var row = stretch * ${each}; row < end; row = row + 1) { ${statements} }`;
}

/** Σ dy · normalised x and Σ dy of each stretch, for one LayerNorm or two. */
export function normSums(shape: PartsShape, parts: Range, norms: readonly NormSums[]): Dispatch {
  const H4 = shape.width / 4;
  const each = shape.stretches * H4;
  const bindings = norms.map(
    ({ x, moments, upstream }, place): Record<string, Binding> => ({
      [`x${place}`]: read(x, 'vec4<f32>'),
      [`moments${place}`]: read(moments, 'vec2<f32>'),
      ...upstream.bindings,
    }),
  );
  return {
    name: 'normSums',
    bindings: { ...Object.assign({}, ...bindings), parts: readWrite(parts, 'vec4<f32>') },
    declarations: norms.map(({ upstream }, place) => upstream.declare(`upstream${place}`)).join('\n'),
    threads: norms.length * each,
    workgroupSize: 16,
    body: lines(norms.length, (place) => {
      const { rows = 0, column = 0, adds = false } = norms[place] ?? {};
      const sign = adds ? '+=' : '=';
      return `if (index >= ${place * each} && index < ${(place + 1) * each}) {
        var scales = vec4<f32>(0.0);
        var shifts = vec4<f32>(0.0);
        ${overStretch(
          shape,
          rows,
          `index - ${place * each}`,
          `let dy = upstream${place}(row, c);
          let m = moments${place}[row];
          scales = scales + dy * ((x${place}[row * ${H4} + c] - m.x) * m.y);
          shifts = shifts + dy;`,
        )}
        let at = stretch * ${shape.columns / 4} + ${column / 4} + c;
        parts[at] ${sign} scales;
        parts[at + ${shape.stride / 4}] ${sign} shifts;
      }`;
    }),
  };
}

/** Σ x of each stretch. @param column first column in `parts` */
export function plainSums(
  shape: PartsShape,
  parts: Range,
  x: Range,
  { rows, column, adds }: Pick<NormSums, 'rows' | 'column' | 'adds'>,
): Dispatch {
  const H4 = shape.width / 4;
  return {
    name: 'plainSums',
    bindings: bind({ x: 'vec4<f32>', parts: 'rw vec4<f32>' }, { x, parts }),
    threads: shape.stretches * H4,
    workgroupSize: 16,
    body: `
      var sum = vec4<f32>(0.0);
      ${overStretch(shape, rows, 'index', `sum = sum + x[row * ${H4} + c];`)}
      parts[stretch * ${shape.columns / 4} + ${column / 4} + c] ${adds ? '+=' : '='} sum;`,
  };
}

/** Adds up the stretches. @param accumulate adds to what is in `sums` */
export function joinParts(shape: PartsShape, parts: Range, sums: Range, accumulate: boolean): Dispatch {
  const columns = shape.columns / 4;
  return {
    name: 'joinParts',
    bindings: bind({ parts: 'vec4<f32>', sums: 'rw vec4<f32>' }, { parts, sums }),
    threads: columns,
    workgroupSize: 16,
    body: `
      var sum = ${accumulate ? 'sums[index]' : 'vec4<f32>(0.0)'};
      for (var stretch = 0; stretch < ${shape.stretches}; stretch = stretch + 1) {
        sum = sum + parts[stretch * ${columns} + index];
      }
      sums[index] = sum;`,
  };
}
