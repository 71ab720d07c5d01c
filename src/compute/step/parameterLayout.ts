/**
 * Where each parameter lies in one flat buffer, so that norm, clipping and AdamW are one pass over it. Gradients and both
 * moments have the same layout. Parameters come in an order of their own:
 *
 *     tables and matrices (decayed)  …  token types | LayerNorm scales and shifts | other biases (none of them decayed)
 *
 * A layer's query, key and value lie side by side, so that one product computes all three. Rows of a dense layer
 * are padded to a multiple of four with rows that stay 0.
 */
import { StudioError } from '../../core/errors.ts';
import type { Graph } from '../../model/graph.ts';
import type { AnyNode, OpName } from '../../model/ops.ts';
import { type Parameter, partsOf, rowsOf, sizeOf, type Value } from '../../model/value.ts';
import { ALIGNMENT } from './alignment.ts';

/** A stretch of the flat buffer, in numbers. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

export interface ParameterLayout {
  /** Numbers in the flat buffer, gaps included. */
  readonly length: number;
  /** Numbers before this one are subject to weight decay. */
  readonly decayedLength: number;
  /** Where a parameter's own numbers start. */
  readonly startOf: ReadonlyMap<string, number>;
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
  const startOf = new Map<string, number>();
  const stretchOf = new Map<string, Stretch>();
  let length = 0;
  let decayedLength = 0;
  const rowSums = { start: 0, end: 0 };
  for (const group of groups) {
    stretchOf.set(group.value.name, { start: length, length: group.length });
    let start = length;
    for (const { name, shape } of partsOf(group.value)) {
      startOf.set(name, start);
      start += sizeOf(shape);
    }
    if (group.rank === 1) rowSums.start = length;
    length = roundUp(length + group.length, ALIGNMENT);
    if (group.rank <= 1) decayedLength = length;
    if (group.rank === 1 || group.rank === 2) rowSums.end = length;
  }
  const { start, end } = rowSums;
  return { length, decayedLength, startOf, stretchOf, rowSums: { start, length: end - start } };
}

/** The parameters' own numbers in a flat buffer, by name; copies. */
export function namedParameters(
  layout: ParameterLayout,
  specs: readonly Parameter[],
  flat: Float32Array,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    specs.map(({ name, shape }) => {
      const start = layout.startOf.get(name) ?? 0;
      return [name, flat.slice(start, start + sizeOf(shape))];
    }),
  );
}

/**
 * The other way round; gaps and padding are 0.
 * @throws StudioError `internal` if a parameter is missing or has another size
 */
export function flattenParameters(
  layout: ParameterLayout,
  specs: readonly Parameter[],
  values: ReadonlyMap<string, Float32Array>,
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(layout.length);
  for (const { name, shape } of specs) {
    const [own, start] = [values.get(name), layout.startOf.get(name)];
    if (own?.length !== sizeOf(shape) || start === undefined) {
      throw new StudioError('internal', `values of ${name}: ${own?.length ?? 0} numbers for [${shape}]`, { name });
    }
    flat.set(own, start);
  }
  return flat;
}

function groupsOf(nodes: readonly AnyNode[]): Group[] {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    for (const [operand, value] of Object.entries<Value>(node.in)) {
      if (value.role !== 'parameter') continue;
      const padded = node.op === 'dense' ? roundUp(rowsOf(value), 4) : rowsOf(value);
      const length = roundUp((sizeOf(value.shape) / rowsOf(value)) * padded, 4);
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

function rankOf(op: OpName, operand: string): Rank {
  if (op === 'embedding') return operand === 'types' ? 1 : 0;
  if (op === 'layerNorm') return 2;
  return operand === 'weight' ? 0 : 3;
}

function roundUp(value: number, multiple: number): number {
  return multiple * Math.ceil(value / multiple);
}
