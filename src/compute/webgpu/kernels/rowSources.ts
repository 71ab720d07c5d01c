/** Rows of H numbers, read through a function: as they lie, looked up, or spread over more rows. H4 = H / 4. */
import { type Binding, bind, type Dispatch, type Range, type Ranges, read } from '../plan.ts';
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
  const bindings = bind({ x: 'vec4<f32>', rows: 'i32' }, { x, rows });
  return source(width, bindings, (H4) => `return x[rows[row] * ${H4} + c];`);
}

const EMBEDDING = {
  ids: 'i32', // [N]
  places: 'i32', // [N]
  words: 'vec4<f32>', // [V, H]
  positions: 'vec4<f32>', // [P, H]
  types: 'vec4<f32>', // [1, H]
} as const;

/** Word + position + token type. */
export function embedded(ranges: Ranges<typeof EMBEDDING>, width: number): Source {
  return source(
    width,
    bind(EMBEDDING, ranges),
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
