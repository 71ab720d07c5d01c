/**
 * Every operation that a graph may hold, once: its operands, the shapes of its results, what it costs, and its gradient. They
 * are as coarse as the kernels that compute them. Each lowering has one entry an operation, so that the compiler names the
 * lowerings that lack a new one.
 *
 * N rows, I and O inputs and outputs of a dense layer, H width, B · T = N positions, A heads, M rows picked out of N.
 */
import { StudioError } from '../core/errors.ts';
import { padded, paddedLength, rowsOf, type Shape, sizeOf, type Value, widthOf } from './value.ts';

interface Op<In extends string, Out extends string, Attributes = object> {
  readonly in: In;
  readonly out: Out;
  readonly attributes: Attributes;
}

/** Units are dropped with probability `rate`; each site has a seed of its own. */
interface Dropout {
  readonly rate: number;
  readonly site: number;
}

interface Heads extends Dropout {
  readonly heads: number;
}

/** Operations of a network. The first result is the one that a gradient comes back to. */
export interface NetworkOps {
  /** y = words[ids] + positions[places] + types. Shapes: [N], [N], [V, H], [P, H], [1, H] → [N, H] */
  embedding: Op<'ids' | 'places' | 'words' | 'positions' | 'types', 'y'>;
  /** Moments are mean and inverse deviation of each row. Shapes: [N, H], [H], [H] → [N, H], [2N] */
  layerNorm: Op<'x' | 'scale' | 'shift', 'y' | 'moments', { readonly epsilon: number }>;
  dropout: Op<'x', 'y', Dropout>;
  /** y = x · weightᵀ + bias. Shapes: [N, I], [O, I], [O] → [N, O] */
  dense: Op<'x' | 'weight' | 'bias', 'y'>;
  /** The exact one, with erf, and its slope at each x. */
  gelu: Op<'x', 'y' | 'slope'>;
  /** softmax(query · keyᵀ / √D) · value of each head, over positions that are attended to. Shapes: [N, 3H], [B, T] → [N, H], [B, A, T, T] */
  attention: Op<'qkv' | 'attended', 'y' | 'probabilities', Heads>;
  add: Op<'a' | 'b', 'y'>;
  /** y[m] = x[rows[m]]. Shapes: [N, H], [M] → [M, H] */
  gather: Op<'x' | 'rows', 'y'>;
}

/** Operations of a training step: the loss, and the backward pass. */
export interface TrainingOps {
  /** Loss and hits of each row, both weighted; the gradient of the loss. Shapes: [M, V], [M], [M] → [M, V], [2M] */
  crossEntropy: Op<'logits' | 'labels' | 'weights', 'dLogits' | 'figures', { readonly smoothing: number }>;
  /** dx = dy · weight. */
  denseInputGradient: Op<'dy' | 'weight', 'dx'>;
  /** dyᵀ · x, and the sums of dy's columns. */
  denseGradient: Op<'dy' | 'x', 'weight' | 'bias'>;
  layerNormGradient: Op<'dy' | 'x' | 'moments' | 'scale', 'dx'>;
  layerNormSums: Op<'dy' | 'x' | 'moments', 'scale' | 'shift'>;
  /** Scores' gradients are results only for a lowering that needs two kernels. */
  attentionGradient: Op<'dy' | 'qkv' | 'attended' | 'y' | 'probabilities', 'dQkv' | 'dScores', Heads>;
  multiply: Op<'a' | 'b', 'y'>;
  /** dx[n] = dy[rowOf[n]], or 0 where that is negative. */
  scatter: Op<'dy' | 'rowOf', 'dx'>;
  /** Uses of row r are `uses[starts[r]] … uses[starts[r + 1] - 1]`: sums of a fixed order, without atomics. */
  embeddingGradient: Op<
    'dy' | 'wordStarts' | 'wordUses' | 'placeStarts' | 'placeUses',
    'words' | 'positions' | 'types'
  >;
}

export interface Ops extends NetworkOps, TrainingOps {}
export type OpName = keyof Ops;
export type Ins<Name extends OpName> = Readonly<Record<Ops[Name]['in'], Value>>;
export type Outs<Name extends OpName> = Readonly<Record<Ops[Name]['out'], Value>>;

export interface Node<Name extends OpName> {
  readonly op: Name;
  readonly in: Ins<Name>;
  readonly out: Outs<Name>;
  readonly attributes: Ops[Name]['attributes'];
  /** Results that are added to what is there: gradients of a parameter that is used more than once. */
  readonly adds: ReadonlySet<string>;
}
export type AnyNode = { [Name in OpName]: Node<Name> }[OpName];

/** What a gradient rule writes its operations to. */
export interface Tape {
  input(name: string, shape: Shape): Value;
  add<Name extends OpName>(op: Name, ins: Ins<Name>, attributes: Ops[Name]['attributes']): Outs<Name>;
  /** Adds an operation whose results are gradients of parameters. */
  learn<Name extends OpName>(op: Name, ins: Ins<Name>, parameters: Outs<Name>): void;
  /** Hands the gradient of an activation on to where it came from. */
  pass(value: Value, gradient: Value): void;
}

interface Rule<Name extends OpName> {
  readonly shapes: (ins: Ins<Name>, attributes: Ops[Name]['attributes']) => Readonly<Record<Ops[Name]['out'], Shape>>;
  /** What has the results' groups of columns; the first operand, if left out. */
  readonly groups?: (ins: Ins<Name>, attributes: Ops[Name]['attributes']) => Pick<Value, 'groups'>;
  /** Multiplications with an addition each, in matrix products; the rest is hardly a percent. */
  readonly products?: (ins: Ins<Name>) => number;
  /** @param dy gradient of the first result */
  readonly gradient?: (node: Node<Name>, dy: Value, tape: Tape) => void;
}

export const OPS: { readonly [Name in OpName]: Rule<Name> } = {
  embedding: {
    shapes: ({ ids, words }) => ({ y: [rowsOf(ids), widthOf(words)] }),
    gradient: ({ in: { ids, places, words, positions, types } }, dy, tape) => {
      const lists = (index: Value, table: Value): [Value, Value] => [
        tape.input(`${index.name}.starts`, [rowsOf(table) + 1]),
        tape.input(`${index.name}.uses`, index.shape),
      ];
      const [wordStarts, wordUses] = lists(ids, words);
      const [placeStarts, placeUses] = lists(places, positions);
      const ins = { dy, wordStarts, wordUses, placeStarts, placeUses };
      tape.learn('embeddingGradient', ins, { words, positions, types });
    },
  },
  layerNorm: {
    shapes: ({ x }) => ({ y: x.shape, moments: [2 * rowsOf(x)] }),
    gradient: ({ in: { x, scale, shift }, out: { moments } }, dy, tape) => {
      tape.learn('layerNormSums', { dy, x, moments }, { scale, shift });
      tape.pass(x, tape.add('layerNormGradient', { dy, x, moments, scale }, {}).dx);
    },
  },
  dropout: {
    shapes: ({ x }) => ({ y: x.shape }),
    gradient: ({ in: { x }, attributes }, dy, tape) => tape.pass(x, tape.add('dropout', { x: dy }, attributes).y),
  },
  dense: {
    shapes: ({ x, weight }) => ({ y: [rowsOf(x), rowsOf(weight)] }),
    groups: ({ weight }) => ({ groups: weight.rowGroups }),
    products: ({ x, weight }) => rowsOf(x) * sizeOf(weight.shape),
    gradient: ({ in: { x, weight, bias } }, dy, tape) => {
      tape.learn('denseGradient', { dy, x }, { weight, bias });
      tape.pass(x, tape.add('denseInputGradient', { dy, weight }, {}).dx);
    },
  },
  gelu: {
    shapes: ({ x }) => ({ y: x.shape, slope: x.shape }),
    gradient: ({ in: { x }, out: { slope } }, dy, tape) =>
      tape.pass(x, tape.add('multiply', { a: dy, b: slope }, {}).y),
  },
  attention: {
    shapes: ({ qkv, attended }, { heads }) => ({
      y: [rowsOf(qkv), widthOf(qkv) / 3],
      probabilities: [rowsOf(attended), heads, widthOf(attended), widthOf(attended)],
    }),
    groups: ({ qkv }, { heads }) => {
      const laidOut = padded(qkv) === paddedLength(widthOf(qkv), 3 * heads);
      if (!laidOut) throw new StudioError('internal', `${qkv.name} does not lie head by head`, { heads });
      return { groups: heads };
    },
    products: ({ qkv, attended }) => (2 * sizeOf(qkv.shape) * widthOf(attended)) / 3,
    gradient: ({ in: { qkv, attended }, out: { y, probabilities }, attributes }, dy, tape) =>
      tape.pass(qkv, tape.add('attentionGradient', { dy, qkv, attended, y, probabilities }, attributes).dQkv),
  },
  add: {
    shapes: ({ a }) => ({ y: a.shape }),
    gradient: ({ in: { a, b } }, dy, tape) => {
      tape.pass(a, dy);
      tape.pass(b, dy);
    },
  },
  gather: {
    shapes: ({ x, rows }) => ({ y: [rowsOf(rows), widthOf(x)] }),
    gradient: ({ in: { x, rows } }, dy, tape) => {
      const rowOf = tape.input(`${rows.name}.inverse`, [rowsOf(x)]);
      tape.pass(x, tape.add('scatter', { dy, rowOf }, {}).dx);
    },
  },
  crossEntropy: { shapes: ({ logits }) => ({ dLogits: logits.shape, figures: [2 * rowsOf(logits)] }) },
  denseInputGradient: {
    shapes: ({ dy, weight }) => ({ dx: [rowsOf(dy), widthOf(weight)] }),
    groups: ({ weight }) => weight,
    products: ({ dy, weight }) => rowsOf(dy) * sizeOf(weight.shape),
  },
  denseGradient: {
    shapes: ({ dy, x }) => ({ weight: [widthOf(dy), widthOf(x)], bias: [widthOf(dy)] }),
    products: ({ dy, x }) => sizeOf(dy.shape) * widthOf(x),
  },
  layerNormGradient: { shapes: ({ x }) => ({ dx: x.shape }) },
  layerNormSums: { shapes: ({ x }) => ({ scale: [widthOf(x)], shift: [widthOf(x)] }) },
  attentionGradient: {
    shapes: ({ qkv, probabilities }) => ({ dQkv: qkv.shape, dScores: probabilities.shape }),
    groups: ({ qkv }) => qkv,
    products: ({ qkv, probabilities }) => (4 * sizeOf(qkv.shape) * widthOf(probabilities)) / 3,
  },
  multiply: { shapes: ({ a }) => ({ y: a.shape }) },
  scatter: { shapes: ({ dy, rowOf }) => ({ dx: [rowsOf(rowOf), widthOf(dy)] }) },
  embeddingGradient: {
    shapes: ({ dy, wordStarts, placeStarts }) => ({
      words: [rowsOf(wordStarts) - 1, widthOf(dy)],
      positions: [rowsOf(placeStarts) - 1, widthOf(dy)],
      types: [1, widthOf(dy)],
    }),
  },
};

/** Multiplications, with an addition each, in the matrix products of a graph. */
export function productsOf({ nodes }: { readonly nodes: readonly AnyNode[] }): number {
  const of = ({ op, in: ins }: AnyNode): number =>
    (OPS[op].products as undefined | ((ins: object) => number))?.(ins) ?? 0;
  return nodes.reduce((sum, node) => sum + of(node), 0);
}
