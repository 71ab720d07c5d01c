/** A graph as a program of the processor's kernels: one kernel a node, or two; `compute/wasm/assembly/` has what each does. */
import {
  type Access,
  accessOf,
  type Chain,
  chainsOf,
  Lowering,
  placeValues,
  resultOf,
} from '../../model/fusionAndMemory.ts';
import type { Graph } from '../../model/graph.ts';
import type { AnyNode, Node, OpName } from '../../model/ops.ts';
import { lengthOf, padded, rowsOf, type Value, widthOf } from '../../model/value.ts';
import type { BatchPacking } from '../step/batchPacking.ts';
import { type ParameterLayout, stretchIn } from '../step/parameterLayout.ts';
import { floatBits, type ProgramBuilder } from './programBuilder.ts';

/** What a program is written over. Addresses are in bytes. */
export interface Writing {
  readonly program: ProgramBuilder;
  readonly layout: ParameterLayout;
  readonly packing: BatchPacking;
  /** Of the packed batch. */
  readonly inputs: number;
  /** Of the flat parameters and gradients; without a backward pass there are none. */
  readonly parameters: number;
  readonly gradients?: number;
  /** Gradients and figures are added to what is there, since a step has several batches. */
  readonly accumulate?: boolean;
}

/** Appends a graph's kernels. @returns addresses of its outputs by name */
export function writeProgram(graph: Graph, writing: Writing): Readonly<Record<string, number>> {
  return new Writer(graph, writing).write();
}

const [NT, NN, TN] = [0, 1, 2];
const TILE_ROWS = 4;
/** Columns are summed in vectors of four, and a cache line has four of those. */
const SUM_GRAIN = 4;
/** Vectors that stay together where a kernel goes through them one by one. */
const VECTOR_GRAIN = 64;

type Entries = { readonly [Name in OpName]: (node: Node<Name>, chain: Chain, to: Writer) => void };

const ENTRIES: Entries = {
  embedding: ({ in: { ids, places, words, positions, types }, out: { y } }, _, to) => {
    const operands = [ids, places, words, positions, types, y].map((value) => to.at(value));
    to.program.add('embeddingForward', rowsOf(y), 1, padded(y), ...operands);
  },
  layerNorm: ({ in: { x, scale, shift }, out: { y, moments }, attributes: { epsilon } }, _, to) => {
    const parameters = [to.at(scale), to.at(shift), floatBits(epsilon)];
    to.program.add('layerNorm', rowsOf(x), 1, widthOf(x), padded(x), to.at(x), ...parameters, to.at(y), to.at(moments));
  },
  dropout: ({ in: { x }, out: { y }, attributes }, _, to) =>
    to.program.add('dropoutRows', vectorsOf(x), VECTOR_GRAIN, to.at(x), to.at(y), ...to.dropout(attributes)),
  dense: ({ in: { x, weight, bias }, out }, chain, to) => {
    const [m, n, k] = [rowsOf(out.y), padded(out.y), padded(x)];
    const [y, offset] = [to.at(resultOf(chain.at(-1) ?? chain[0])), to.at(bias)];
    to.program.add('gemm', m, TILE_ROWS, NT, n, k, to.at(x), k, to.at(weight), k, y, n, 0);
    const [, second, third] = chain;
    const sum = third ?? second;
    if (second?.op === 'gelu') to.program.add('biasGelu', m, 1, n, y, offset, y, to.at(second.out.slope));
    else if (sum?.op === 'add') {
      const before = chain.at(-2);
      const residual = before !== undefined && resultOf(before) === sum.in.a ? sum.in.b : sum.in.a;
      const dropout = to.dropout(second?.op === 'dropout' ? second.attributes : { rate: 0, site: 0 });
      to.program.add('biasDropoutResidual', m, 1, n, y, offset, to.at(residual), y, ...dropout);
    } else to.program.add('biasRows', m, 1, n, y, offset);
  },
  gelu: ({ in: { x }, out: { y, slope } }, _, to) => {
    const nothing = to.program.buffer(padded(x));
    to.program.add('biasGelu', rowsOf(x), 1, padded(x), to.at(x), nothing, to.at(y), to.at(slope));
  },
  attention: ({ in: { qkv, attended }, out: { y, probabilities }, attributes }, _, to) => {
    const [rows = 1, heads = 1, columns = 1] = probabilities.shape;
    const values = [qkv, attended, probabilities, y].map((value) => to.at(value));
    const shape = [columns, heads, padded(y) / heads, floatBits(Math.sqrt(heads / widthOf(y)))];
    to.program.add('attentionForward', rows * heads, 1, ...shape, ...values, ...to.dropout(attributes));
  },
  add: ({ in: { a, b }, out: { y } }, _, to) =>
    to.program.add('add', vectorsOf(a), VECTOR_GRAIN, to.at(a), to.at(b), to.at(y)),
  multiply: ({ in: { a, b }, out: { y } }, _, to) =>
    to.program.add('multiply', vectorsOf(a), VECTOR_GRAIN, to.at(a), to.at(b), to.at(y)),
  gather: ({ in: { x, rows }, out: { y } }, _, to) =>
    to.program.add('gatherRows', rowsOf(y), 1, padded(y), to.at(x), to.at(rows), to.at(y)),
  scatter: ({ in: { dy, rowOf }, out: { dx } }, _, to) =>
    to.program.add('scatterMaskedRows', rowsOf(dx), 1, padded(dx), to.at(rowOf), to.at(dy), to.at(dx)),
  crossEntropy: ({ in: { logits, labels, weights }, out: { figures }, attributes: { smoothing } }, _, to) => {
    const values = [logits, labels, weights, figures].map((value) => to.at(value));
    const shape = [widthOf(logits), padded(logits)];
    to.program.add('crossEntropy', rowsOf(logits), 1, ...shape, ...values, +to.accumulate, floatBits(smoothing));
  },
  denseInputGradient: ({ in: { dy, weight }, out: { dx } }, _, to) => {
    const [n, k] = [padded(weight), padded(dy)];
    to.program.add('gemm', rowsOf(dy), TILE_ROWS, NN, n, k, to.at(dy), k, to.at(weight), n, to.at(dx), n, 0);
  },
  denseGradient: (node, _, to) => {
    const { in: ins, out } = node;
    const [rows, outputs, inputs] = [rowsOf(ins.dy), padded(ins.dy), padded(ins.x)];
    const [dy, x, weight, bias] = [to.at(ins.dy), to.at(ins.x), to.at(out.weight), to.at(out.bias)];
    const shape = [outputs, TILE_ROWS, TN, inputs, rows] as const;
    to.program.add('gemm', ...shape, dy, outputs, x, inputs, weight, inputs, +to.adds(node, 'weight'));
    to.program.add('columnSums', outputs / 4, SUM_GRAIN, rows, outputs, dy, bias, +to.adds(node, 'bias'));
  },
  layerNormGradient: ({ in: { dy, x, moments, scale }, out: { dx } }, _, to) => {
    const values = [x, moments, scale, dy, dx].map((value) => to.at(value));
    to.program.add('layerNormBackward', rowsOf(x), 1, widthOf(x), padded(x), ...values);
  },
  layerNormSums: (node, _, to) => {
    const { dy, x, moments } = node.in;
    const values = [x, moments, dy, node.out.scale, node.out.shift].map((value) => to.at(value));
    const shape = [padded(x) / 4, SUM_GRAIN, rowsOf(x), padded(x)] as const;
    to.program.add('layerNormSums', ...shape, ...values, +to.adds(node, 'scale'));
  },
  attentionGradient: ({ in: { dy, qkv, y, probabilities }, out: { dQkv }, attributes }, _, to) => {
    const [rows = 1, heads = 1, columns = 1] = probabilities.shape;
    const values = [qkv, probabilities, y, dy, dQkv].map((value) => to.at(value));
    const shape = [columns, heads, padded(y) / heads, floatBits(Math.sqrt(heads / widthOf(y)))];
    to.program.add('attentionBackward', rows * heads, 1, ...shape, ...values, ...to.dropout(attributes));
  },
  embeddingGradient: (node, _, to) => {
    const { dy, wordStarts, wordUses, placeStarts, placeUses } = node.in;
    const { words, positions, types } = node.out;
    const [dx, width] = [to.at(dy), padded(dy)];
    to.program.add('columnSums', width / 4, SUM_GRAIN, rowsOf(dy), width, dx, to.at(types), +to.adds(node, 'types'));
    const look = (table: Value, grain: number, lists: readonly Value[], adds: boolean): void => {
      const [starts = 0, uses = 0, sums = 0] = [...lists, table].map((value) => to.at(value));
      to.program.add('embeddingBackward', rowsOf(table), grain, width, starts, uses, dx, sums, +adds);
    };
    look(words, 4, [wordStarts, wordUses], to.adds(node, 'words'));
    look(positions, 1, [placeStarts, placeUses], to.adds(node, 'positions'));
  },
};

/** Kernels whose result may take the place of an operand; that of the cross-entropy always does. */
const IN_PLACE: ReadonlySet<OpName> = new Set(['add', 'crossEntropy', 'dropout', 'multiply']);

class Writer extends Lowering<number> {
  readonly program: ProgramBuilder;
  readonly at: (value: Value) => number;
  readonly #writing: Writing;
  readonly #chains: readonly Chain[];

  constructor(graph: Graph, writing: Writing) {
    super(graph, writing.accumulate ?? false);
    this.program = writing.program;
    this.#writing = writing;
    this.#chains = chainsOf(graph.nodes, (chain, next) => this.#mayFollow(chain, next));
    const { program, layout, packing, inputs, parameters, gradients = 0 } = writing;
    const startOf = (name: string): number => 4 * stretchIn(layout, name).start;
    this.at = placeValues(graph, this.#chains.map(accessTo), {
      input: (name) => inputs + 4 * stretchIn(packing, name).start,
      parameter: (name) => parameters + startOf(name),
      gradient: (name) => gradients + startOf(name),
      buffer: (length) => program.buffer(length),
      part: (address) => address,
    });
  }

  write(): Readonly<Record<string, number>> {
    for (const chain of this.#chains) {
      (ENTRIES[chain[0].op] as (node: AnyNode, chain: Chain, to: Writer) => void)(chain[0], chain, this);
    }
    return this.all(this.graph.outputs);
  }

  /** Address of the seed, threshold, scale. The same choice as `compute/tfjs/composedOps.ts` makes. */
  dropout({ rate, site }: { readonly rate: number; readonly site: number }): [number, number, number] {
    const seed = this.#writing.inputs + 4 * this.#writing.packing.seed(site).start;
    return rate <= 0 ? [seed, 0, floatBits(1)] : [seed, Math.floor(rate * 2 ** 32) | 0, floatBits(1 / (1 - rate))];
  }

  /** After a dense layer: GELU, or dropout and a residual sum, if nobody else reads what is in between. */
  #mayFollow(chain: Chain, { op }: AnyNode): boolean {
    const last = chain.at(-1) ?? chain[0];
    if (this.users.get(resultOf(last))?.length !== 1) return false;
    if (last.op === 'dense') return op === 'gelu' || op === 'add' || op === 'dropout';
    return chain[0].op === 'dense' && last.op === 'dropout' && op === 'add';
  }
}

function accessTo(chain: Chain): Access {
  const inPlace = chain.length === 1 && IN_PLACE.has(chain[0].op);
  const { reads, writes } = accessOf(chain, [resultOf(chain.at(-1) ?? chain[0])]);
  // The scores' gradients stay in a thread's scratch memory.
  const [head] = chain;
  return {
    reads,
    writes: writes.filter((value) => head.op !== 'attentionGradient' || value !== head.out.dScores),
    inPlace,
  };
}

function vectorsOf(value: Value): number {
  return lengthOf(value) / 4;
}
