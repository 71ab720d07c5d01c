/**
 * A network in ONNX operators, opset 17: which node reads and writes what. Values are named, weights by their name in the state
 * dict. In the file a value has rows and columns of its own, [B, T, H] for [N, H], which no node's text depends on.
 *
 * B rows, T columns, H hidden, A heads, D = H / A, V vocabulary.
 */
import { concatenate } from '../../core/bytes.ts';
import type { Graph } from '../../model/graph.ts';
import type { AnyNode, NetworkOps, Node } from '../../model/ops.ts';
import { type Parameter, partsOf, type Value, widthOf } from '../../model/value.ts';
import { type Field, floatField, intField, messageField, textField } from '../protobuf.ts';

/** Numbers of `TensorProto.DataType`. */
export const DATA_TYPE = { float: 1, int8: 3, int64: 7, float16: 10 } as const;

/** A small constant, kept in the graph: scalars have no dims. */
export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

export type Attribute = number | readonly number[] | { readonly float: number };

/** Takes nodes in the order in which they run. */
export function createGraphWriter() {
  const nodes: Field[] = [];
  const constants = new Map<string, Constant>();
  const keep = (constant: Constant): string => {
    constants.set(constant.name, constant);
    return constant.name;
  };
  const added = new Set<string>();
  return {
    nodes: nodes as readonly Field[],
    constants: constants as ReadonlyMap<string, Constant>,
    /** Adds nodes that several others read, the first time that they are asked for. @returns the last one's output, the name */
    once: (name: string, add: () => void): string => {
      if (!added.has(name)) add();
      added.add(name);
      return name;
    },
    /** Adds a node with one output. @returns the output's name */
    node: (
      operator: string,
      inputs: readonly string[],
      output: string,
      attributes: Readonly<Record<string, Attribute>> = {},
    ): string => {
      nodes.push(
        concatenate([
          ...inputs.map((name) => textField(1, name)),
          textField(2, output),
          textField(3, output),
          textField(4, operator),
          ...Object.entries(attributes).map(([name, value]) => messageField(5, attributeFields(name, value))),
        ]),
      );
      return output;
    },
    /** A constant of the graph, written once for each name. */
    int: (name: string, values: readonly number[], scalar = false): string =>
      keep({ name, dims: scalar ? [] : [values.length], values: BigInt64Array.from(values, BigInt) }),
    float: (name: string, value: number): string => keep({ name, dims: [], values: Float32Array.of(value) }),
  };
}
export type GraphWriter = ReturnType<typeof createGraphWriter>;

/** Source: onnx.proto, `AttributeProto`: type 1 FLOAT, 2 INT, 7 INTS. */
function attributeFields(name: string, value: Attribute): Field[] {
  if (typeof value === 'number') return [textField(1, name), intField(3, value), intField(20, 2)];
  if ('float' in value) return [textField(1, name), floatField(2, value.float), intField(20, 1)];
  return [textField(1, name), ...value.map((number) => intField(8, number)), intField(20, 7)];
}

/** What transformers adds to the scores of masked keys: the lowest float32. */
const MASKED_SCORE = -3.4028234663852886e38;

/** Name that a Linear weight has in the graph, where it lies as `[in, out]`. */
export function transposedName(name: string): string {
  return `${name}.transposed`;
}

/** Reads a value of the network in the file: as its parts, most of which have one. */
interface Names {
  readonly padId: number;
  readonly all: (value: Value) => readonly string[];
  readonly one: (value: Value) => string;
  /** Name of a result, and of what leads there. */
  readonly of: (value: Value) => string;
}

type Entries = {
  readonly [Name in keyof NetworkOps]: (
    graph: GraphWriter,
    node: Node<Name>,
    names: Names,
  ) => string | readonly string[];
};

const ENTRIES: Entries = {
  embedding: (graph, { in: { words, positions, types }, out: { y } }, { padId, one, of }) => {
    const word = graph.node('Gather', [one(words), 'input_ids'], `${of(y)}.words`);
    const place = graph.node('Gather', [one(positions), addPlaces(graph, padId)], `${of(y)}.places`);
    const sum = graph.node('Add', [word, place], `${of(y)}.word_and_place`);
    return graph.node('Add', [sum, one(types)], of(y));
  },
  layerNorm: (graph, { in: { x, scale, shift }, out: { y }, attributes: { epsilon } }, { one, of }) =>
    graph.node('LayerNormalization', [one(x), one(scale), one(shift)], of(y), {
      axis: -1,
      epsilon: { float: epsilon },
    }),
  // Nothing is dropped in inference.
  dropout: (_, { in: { x } }, { one }) => one(x),
  dense: (graph, { in: { x, weight, bias }, out: { y } }, { all, one, of }) => {
    const biases = all(bias);
    return partsOf(weight).map((part, place) => {
      const name = biases.length === 1 ? of(y) : `${of(y)}.${place}`;
      const product = graph.node('MatMul', [one(x), addTransposed(graph, part as Parameter)], `${name}.product`);
      return graph.node('Add', [product, biases[place] ?? ''], name);
    });
  },
  gelu: (graph, { in: { x }, out: { y } }, { one, of }) => addGelu(graph, one(x), of(y)),
  attention: addAttention,
  add: (graph, { in: { a, b }, out: { y } }, { one, of }) => graph.node('Add', [one(a), one(b)], of(y)),
  // The file's head reads every position.
  gather: (_, { in: { x } }, { one }) => one(x),
};

/**
 * Adds every node from `input_ids` and `attention_mask` to `logits`.
 * @param padId id of `<pad>`, from which positions count
 */
export function addNetwork(graph: GraphWriter, network: Graph, padId: number): void {
  const outputs = new Map(Object.entries(network.outputs).map(([name, value]) => [value, name]));
  const written = new Map<Value, readonly string[]>();
  const all = (value: Value): readonly string[] => written.get(value) ?? partsOf(value).map(({ name }) => name);
  const names = {
    padId,
    all,
    one: (value: Value) => all(value)[0] ?? '',
    of: (value: Value) => outputs.get(value) ?? value.name,
  };
  for (const node of network.nodes) {
    const add = ENTRIES[node.op as keyof NetworkOps] as (
      graph: GraphWriter,
      node: AnyNode,
      names: Names,
    ) => string | readonly string[];
    const result = add(graph, node, names);
    written.set(Object.values<Value>(node.out)[0] as Value, typeof result === 'string' ? [result] : result);
  }
}

/** 0 where a key may be attended to, the lowest number elsewhere. @returns [B, 1, 1, T] */
function addMask(graph: GraphWriter): string {
  return graph.once('mask', () => {
    const attended = graph.node('Cast', ['attention_mask'], 'mask.float', { to: DATA_TYPE.float });
    const masked = graph.node('Sub', [graph.float('one', 1), attended], 'mask.inverted');
    const scores = graph.node('Mul', [masked, graph.float('mask.lowest', MASKED_SCORE)], 'mask.scores');
    graph.node('Unsqueeze', [scores, graph.int('mask.axes', [1, 2])], 'mask');
  });
}

/** Position ids from the ids, as `create_position_ids_from_input_ids` in transformers. @returns [B, T] */
function addPlaces(graph: GraphWriter, padId: number): string {
  const pad = graph.int('pad_id', [padId], true);
  const isPad = graph.node('Equal', ['input_ids', pad], 'is_pad');
  const isToken = graph.node('Not', [isPad], 'is_token');
  const token = graph.node('Cast', [isToken], 'token', { to: DATA_TYPE.int64 });
  const count = graph.node('CumSum', [token, graph.int('sequence_axis', [1], true)], 'token_count');
  const counted = graph.node('Mul', [count, token], 'token_place');
  return graph.node('Add', [counted, pad], 'position_ids');
}

/** A dense layer's weight as `[in, out]`: so it lies in the file, unless it is a table that is looked up, too. */
function addTransposed(graph: GraphWriter, { name, kind }: Parameter): string {
  if (kind === 'matrix') return transposedName(name);
  return graph.once(transposedName(name), () => {
    graph.node('Transpose', [name], transposedName(name), { perm: [1, 0] });
  });
}

function addAttention(graph: GraphWriter, node: Node<'attention'>, { all, of }: Names): string {
  const { heads: A } = node.attributes;
  const [name, H] = [of(node.out.y), widthOf(node.out.y)];
  const heads = graph.int('heads_shape', [0, 0, A, H / A]);
  const split = (part: string | undefined, which: string, perm: readonly number[]): string => {
    const shaped = graph.node('Reshape', [part ?? '', heads], `${name}.${which}.shaped`);
    return graph.node('Transpose', [shaped], `${name}.${which}`, { perm });
  };
  const [query, key, value] = all(node.in.qkv); // [B, T, H] each
  const queries = split(query, 'query', [0, 2, 1, 3]); // [B, A, T, D]
  const keys = split(key, 'key', [0, 2, 3, 1]); // [B, A, D, T]
  const product = graph.node('MatMul', [queries, keys], `${name}.product`);
  const scores = graph.node('Mul', [product, graph.float('attention_scale', Math.sqrt(A / H))], `${name}.scores`);
  const masked = graph.node('Add', [scores, addMask(graph)], `${name}.masked`);
  const weights = graph.node('Softmax', [masked], `${name}.weights`, { axis: -1 }); // [B, A, T, T]
  const context = graph.node('MatMul', [weights, split(value, 'value', [0, 2, 1, 3])], `${name}.context`);
  const rows = graph.node('Transpose', [context], `${name}.rows`, { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [rows, graph.int('hidden_shape', [0, 0, H])], name); // [B, T, H]
}

/** x · (erf(x / √2) + 1) · ½ */
function addGelu(graph: GraphWriter, x: string, name: string): string {
  const scaled = graph.node('Div', [x, graph.float('sqrt_2', Math.SQRT2)], `${name}.scaled`);
  const error = graph.node('Erf', [scaled], `${name}.erf`);
  const shifted = graph.node('Add', [error, graph.float('one', 1)], `${name}.shifted`);
  const product = graph.node('Mul', [x, shifted], `${name}.twice`);
  return graph.node('Mul', [product, graph.float('half', 0.5)], name);
}
