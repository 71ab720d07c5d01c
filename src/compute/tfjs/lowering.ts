/**
 * A network in tfjs ops, and in our kernels that are registered in tfjs: the reading of a graph that everybody can follow, and
 * what the other lowerings are held against. It runs on every backend and is differentiable in every parameter, by tfjs's
 * own tape: the gradients here owe nothing to the rules in `model/ops.ts`.
 */
import * as tf from '@tensorflow/tfjs';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Graph } from '../../model/graph.ts';
import type { AnyNode, NetworkOps, Node } from '../../model/ops.ts';
import { partsOf, type Value } from '../../model/value.ts';
import type { RowIndex } from '../step/rowIndex.ts';
import { dropout, gatherRows } from './composedOps.ts';
import { gelu, layerNorm, softmax } from './kernels/forwardOps.ts';

/** What a graph reads. Tensors are borrowed. */
export interface Feed {
  /** Look-ups by the name of their input. */
  readonly rows: Readonly<Record<string, RowIndex>>;
  /** What is added to the scores of each key, or null where every position may be attended to. */
  readonly maskBias: tf.Tensor | null; // [B, 1, 1, T]
  /** 1 / √D, kept on the device so that no step uploads it. */
  readonly attentionScale: tf.Scalar;
  readonly parameter: (name: string) => tf.Tensor;
  /** Of everything that is dropped in this pass. */
  readonly dropoutSeed: number;
}

/** A value as its parts, most of which have one: query, key and value stay three tensors. */
type Parts = readonly tf.Tensor[];

interface Run {
  readonly feed: Feed;
  /** The parts of a value. */
  readonly all: (value: Value) => Parts;
  /** A value of one part. */
  readonly one: (value: Value) => tf.Tensor2D;
  readonly lookUp: (index: Value) => RowIndex;
}

type Results<Name extends keyof NetworkOps> = { readonly [Out in NetworkOps[Name]['out']]?: tf.Tensor | Parts };

const ENTRIES: { readonly [Name in keyof NetworkOps]: (node: Node<Name>, run: Run) => Results<Name> } = {
  embedding: ({ in: { ids, places, words, positions, types } }, { one, lookUp }) => {
    const sum = tf.add(gatherRows(one(words), lookUp(ids)), gatherRows(one(positions), lookUp(places)));
    return { y: tf.add(sum, one(types)) };
  },
  layerNorm: ({ in: { x, scale, shift }, attributes }, { one }) => ({
    y: layerNorm(one(x), one(scale), one(shift), attributes.epsilon),
  }),
  dropout: ({ in: { x }, attributes }, run) => ({ y: drop(run.one(x), attributes, run) }),
  dense: ({ in: { x, weight, bias } }, { all, one }) => {
    const biases = all(bias);
    // Not tfjs's fused product, which is wrong on wasm where an operand is transposed.
    const part = (rows: tf.Tensor, place: number): tf.Tensor =>
      tf.add(tf.matMul(one(x), rows as tf.Tensor2D, false, true), biases[place] as tf.Tensor);
    return { y: all(weight).map(part) };
  },
  gelu: ({ in: { x } }, { one }) => ({ y: gelu(one(x)) }),
  attention: attend,
  add: ({ in: { a, b } }, { one }) => ({ y: tf.add(one(a), one(b)) }),
  gather: ({ in: { x, rows } }, { one, lookUp }) => ({ y: gatherRows(one(x), lookUp(rows)) }),
};

/** Runs a network. To be called inside a tidy. @returns its outputs by name */
export function runOnTfjs(graph: Graph, feed: Feed): Record<string, tf.Tensor> {
  const computed = new Map<Value, Parts>();
  const missing = (name: string): never => {
    throw new StudioError('internal', `${name} is not computed`, { name });
  };
  const all = (value: Value): Parts =>
    value.role === 'parameter'
      ? partsOf(value).map(({ name }) => feed.parameter(name))
      : (computed.get(value) ?? missing(value.name));
  const one = (value: Value): tf.Tensor2D => (all(value)[0] ?? missing(value.name)) as tf.Tensor2D;
  const lookUp = (index: Value): RowIndex => feed.rows[index.name] ?? missing(index.name);
  for (const node of graph.nodes) {
    const entry = ENTRIES[node.op as keyof NetworkOps] as (
      node: AnyNode,
      run: Run,
    ) => Record<string, tf.Tensor | Parts>;
    const results = entry(node, { feed, all, one, lookUp });
    for (const [name, value] of Object.entries<Value>(node.out)) {
      const result = results[name];
      if (result !== undefined) computed.set(value, result instanceof tf.Tensor ? [result] : result);
    }
  }
  return Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, one(value)]));
}

/** Multi-head attention. Scaling the queries rather than the scores is the same product over fewer numbers. */
function attend({ in: { qkv, attended }, attributes }: Node<'attention'>, run: Run): Results<'attention'> {
  const { maskBias, attentionScale } = run.feed;
  const [rows = 1, columns = 1] = attended.shape;
  const split = (x: tf.Tensor | undefined): tf.Tensor =>
    tf.transpose(tf.reshape(x as tf.Tensor, [rows, columns, attributes.heads, -1]), [0, 2, 1, 3]);
  const [query, key, value] = run.all(qkv); // [N, H] each
  const scores = tf.matMul(split(tf.mul(query as tf.Tensor, attentionScale)), split(key), false, true); // [B, A, T, T]
  const probabilities = softmax(maskBias === null ? scores : tf.add(scores, maskBias)); // [B, A, T, T]
  const context = tf.matMul(drop(probabilities, attributes, run), split(value)); // [B, A, T, D]
  const y = tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [rows * columns, -1]); // [N, H]
  return { y, probabilities };
}

function drop(
  x: tf.Tensor,
  { rate, site }: { readonly rate: number; readonly site: number },
  { feed }: Run,
): tf.Tensor {
  return dropout(x, rate, deriveSeed(feed.dropoutSeed, site));
}
