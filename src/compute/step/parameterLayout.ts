/**
 * Where each parameter lies in one flat buffer, so that norm, clipping and AdamW are one pass over it. Gradients and both
 * moments have the same layout. Parameters come in an order of their own:
 *
 *     tables and matrices (decayed)  …  token types | LayerNorm scales and shifts | other biases (none of them decayed)
 *
 * A layer's query, key and value lie side by side, so that one product computes all three. Kernels read four numbers at a
 * time: columns, and rows of a dense layer, are filled up to a multiple of four with zeros, whose gradients are 0, too.
 */
import { StudioError } from '../../core/errors.ts';
import type { Graph } from '../../model/graph.ts';
import type { AnyNode, OpName } from '../../model/ops.ts';
import { valuesOf } from '../../model/parameters.ts';
import {
  type Parameter,
  padded,
  paddedLength,
  partsOf,
  rowsOf,
  sizeOf,
  type Value,
  widthOf,
} from '../../model/value.ts';

/** Numbers of 4 bytes that a range's start is a multiple of: 256 bytes, the largest that a WebGPU device may ask for. */
export const ALIGNMENT = 64;

/** A stretch of the flat buffer, in numbers. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

/** Numbers that lie side by side in a parameter and in the flat buffer. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Where each parameter's own numbers lie in a flat buffer. */
export interface Runs {
  /** Numbers in the flat buffer, gaps included. */
  readonly length: number;
  readonly runsOf: ReadonlyMap<string, readonly Run[]>;
}

export interface ParameterLayout extends Runs {
  /** Numbers before this one are subject to weight decay. */
  readonly decayedLength: number;
  /** Stretches to bind, by the names of the values that a graph reads: parameters, and stacks of them. */
  readonly stretchOf: ReadonlyMap<string, Stretch>;
  /** Token types and all LayerNorm parameters: what is summed over rows. */
  readonly rowSums: Stretch;
}

/** A parameter, or a stack of them, as the graph reads it. */
interface Group {
  readonly value: Value;
  /** Numbers bound, padding included. */
  readonly length: number;
  /** Groups are ordered by it; within a rank the file's order is kept. */
  readonly rank: Rank;
}

/** Decayed; summed over rows and decayed; summed over rows; other biases. */
type Rank = 0 | 1 | 2 | 3;

export function layOutParameters({ nodes }: Graph): ParameterLayout {
  const groups = groupsOf(nodes).sort((a, b) => a.rank - b.rank);
  const runsOf = new Map<string, readonly Run[]>();
  const stretchOf = new Map<string, Stretch>();
  let length = 0;
  let decayedLength = 0;
  const rowSums = { start: 0, end: 0 };
  for (const group of groups) {
    stretchOf.set(group.value.name, { start: length, length: group.length });
    let start = length;
    const parts = partsOf(group.value);
    for (const part of parts) {
      runsOf.set(part.name, runsIn(part, start));
      start += group.length / parts.length;
    }
    if (group.rank === 1) rowSums.start = length;
    length = roundUp(length + group.length, ALIGNMENT);
    if (group.rank <= 1) decayedLength = length;
    if (group.rank === 1 || group.rank === 2) rowSums.end = length;
  }
  const { start, end } = rowSums;
  return { length, decayedLength, runsOf, stretchOf, rowSums: { start, length: end - start } };
}

/** Where a value that a graph reads lies. @throws StudioError `internal` if it does not lie there */
export function stretchIn({ stretchOf }: Pick<ParameterLayout, 'stretchOf'>, name: string): Stretch {
  const stretch = stretchOf.get(name);
  if (stretch === undefined) throw new StudioError('internal', `no stretch ${name}`, { name });
  return stretch;
}

/** Parameters side by side in the file's order, with no gaps. */
export function inFileOrder(specs: readonly Parameter[]): Runs {
  let length = 0;
  const runs = specs.map(({ name, shape }): [string, Run[]] => {
    const run = { from: 0, to: length, length: sizeOf(shape) };
    length += run.length;
    return [name, [run]];
  });
  return { length, runsOf: new Map(runs) };
}

/** The parameters' own numbers in a flat buffer, by name; copies. */
export function namedParameters(
  layout: Runs,
  specs: readonly Parameter[],
  flat: Float32Array,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    specs.map(({ name, shape }) => {
      const own = new Float32Array(sizeOf(shape));
      for (const { from, to, length } of layout.runsOf.get(name) ?? []) {
        own.set(viewOf(flat, to, length), from);
      }
      return [name, own];
    }),
  );
}

/**
 * The other way round; gaps and padding are 0.
 * @throws StudioError `internal` if a parameter is missing or has another size
 */
export function flattenParameters(
  layout: Runs,
  specs: readonly Parameter[],
  values: ReadonlyMap<string, Float32Array>,
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(layout.length);
  for (const spec of specs) {
    const own = valuesOf(spec, values);
    for (const { from, to, length } of layout.runsOf.get(spec.name) ?? []) {
      flat.set(viewOf(own, from, length), to);
    }
  }
  return flat;
}

/** Not by `subarray`: see `BatchPacking`; the numbers may lie in the engine's memory. */
function viewOf({ buffer, byteOffset }: Float32Array, from: number, length: number): Float32Array {
  return new Float32Array(buffer, byteOffset + 4 * from, length);
}

function groupsOf(nodes: readonly AnyNode[]): Group[] {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    for (const [operand, value] of Object.entries<Value>(node.in)) {
      if (value.role !== 'parameter') continue;
      const isVector = value.shape.length === 1;
      const rows = node.op === 'dense' ? paddedLength(rowsOf(value), value.rowGroups) : rowsOf(value);
      const length = isVector ? padded(value) : rows * padded(value);
      const known = groups.get(value.name);
      groups.set(value.name, {
        value,
        length: Math.max(length, known?.length ?? 0),
        rank: known?.rank ?? rankOf(node.op, operand),
      });
    }
  }
  return [...groups.values()];
}

/** @param start of the parameter in the flat buffer */
function runsIn(value: Value, start: number): Run[] {
  const { shape, groups = 1, rowGroups = 1 } = value;
  const [rows, width] = [shape.length === 1 ? 1 : rowsOf(value), widthOf(value)];
  /** Rows that lie together, and numbers that do. */
  const [together, length] = [rows / rowGroups, width / groups];
  const runs: Run[] = [];
  for (let row = 0; row < rows; row++) {
    const group = Math.floor(row / together);
    const place = rowGroups === 1 ? row : group * paddedLength(together) + (row % together);
    for (let column = 0; column < groups; column++) {
      const from = row * width + column * length;
      const to = start + place * padded(value) + column * paddedLength(length);
      const last = runs.at(-1);
      if (last && last.from + last.length === from && last.to + last.length === to) {
        runs[runs.length - 1] = { ...last, length: last.length + length };
      } else runs.push({ from, to, length });
    }
  }
  return runs;
}

function rankOf(op: OpName, operand: string): Rank {
  if (op === 'embedding') return operand === 'types' ? 1 : 0;
  if (op === 'layerNorm') return 2;
  return operand === 'weight' ? 0 : 3;
}

function roundUp(value: number, multiple: number): number {
  return multiple * Math.ceil(value / multiple);
}
