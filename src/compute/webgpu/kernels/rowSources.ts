/** Rows of H numbers, read through a function: as they lie, looked up, or spread over more rows. H4 = H / 4. */
import { type Binding, type Dispatch, type Range, read } from '../plan.ts';
import type { Epilogue } from './epilogues.ts';

export interface Source {
  readonly bindings: Readonly<Record<string, Binding>>;
  /** Declares `fn <name>(row : i32, c : i32) -> vec4<f32>`. */
  declare(name: string): string;
}

/** @param prefix of the bindings' names, where a kernel has several sources */
function source(width: number, bindings: Readonly<Record<string, Binding>>, body: (H4: number) => string): Source {
  return { bindings, declare: (name) => `fn ${name}(row : i32, c : i32) -> vec4<f32> { ${body(width / 4)} }` };
}

/** Row by row. */
export function directly(x: Range, width: number, prefix = ''): Source {
  const name = `${prefix}dy`;
  return source(width, { [name]: read(x, 'vec4<f32>') }, (H4) => `return ${name}[row * ${H4} + c];`);
}

/** From a few rows; the others are 0. @param rowOf row of x for each row, or -1 */
export function scattered(x: Range, rowOf: Range, width: number, prefix = ''): Source {
  const [name, index] = [`${prefix}dy`, `${prefix}rowOf`];
  return source(
    width,
    { [name]: read(x, 'vec4<f32>'), [index]: read(rowOf, 'i32') },
    (H4) => `
      let place = ${index}[row];
      if (place < 0) { return vec4<f32>(0.0); }
      return ${name}[place * ${H4} + c];`,
  );
}

export function gathered(x: Range, rows: Range, width: number): Source {
  const bindings = { x: read(x, 'vec4<f32>'), rows: read(rows, 'i32') };
  return source(width, bindings, (H4) => `return x[rows[row] * ${H4} + c];`);
}

export interface EmbeddingRanges {
  readonly ids: Range; // [N]
  readonly places: Range; // [N]
  readonly words: Range; // [V, H]
  readonly positions: Range; // [P, H]
  readonly types: Range; // [1, H]
}

/** Word + position + token type. */
export function embedded({ ids, places, words, positions, types }: EmbeddingRanges, width: number): Source {
  const bindings = {
    ids: read(ids, 'i32'),
    places: read(places, 'i32'),
    words: read(words, 'vec4<f32>'),
    positions: read(positions, 'vec4<f32>'),
    types: read(types, 'vec4<f32>'),
  };
  return source(
    width,
    bindings,
    (H4) => `return words[ids[row] * ${H4} + c] + positions[places[row] * ${H4} + c] + types[c];`,
  );
}

/** Whatever follows rows, without anything else in front of it. */
export function rowsForward(name: string, rows: number, width: number, from: Source, epilogue: Epilogue): Dispatch {
  return {
    name,
    bindings: { ...from.bindings, ...epilogue.bindings },
    declarations: `${from.declare('sourceAt')} ${epilogue.declarations}`,
    threads: (rows * width) / 4,
    body: `
      let at = index;
      let value = sourceAt(index / ${width / 4}, index % ${width / 4});
      ${epilogue.finish}`,
  };
}
