/**
 * The graph of RoBERTa with its masked-LM head in ONNX operators, opset 17: which node reads and writes what. Values are
 * named, weights by their name in the state dict.
 *
 * B rows, T columns, H hidden, A heads, D = H / A, V vocabulary.
 */
import type { ModelConfig } from '../../config.ts';
import { concatenate, type Field, floatField, intField, messageField, textField } from '../protobuf.ts';

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
export interface GraphWriter {
  /** Adds a node with one output. @returns the output's name */
  node(operator: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>): string;
  /** A constant of the graph, written once for each name. */
  int(name: string, values: readonly number[], scalar?: boolean): string;
  float(name: string, value: number): string;
  readonly nodes: readonly Field[];
  readonly constants: ReadonlyMap<string, Constant>;
}

export function createGraphWriter(): GraphWriter {
  const nodes: Field[] = [];
  const constants = new Map<string, Constant>();
  const keep = (constant: Constant): string => {
    constants.set(constant.name, constant);
    return constant.name;
  };
  return {
    nodes,
    constants,
    node: (operator, inputs, output, attributes = {}) => {
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
    int: (name, values, scalar = false) =>
      keep({ name, dims: scalar ? [] : [values.length], values: BigInt64Array.from(values, BigInt) }),
    float: (name, value) => keep({ name, dims: [], values: Float32Array.of(value) }),
  };
}

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

/**
 * Adds every node from `input_ids` and `attention_mask` to `logits`.
 * @param padId id of `<pad>`, from which positions count
 */
export function addRoberta(graph: GraphWriter, model: ModelConfig, padId: number): void {
  const words = 'roberta.embeddings.word_embeddings.weight';
  const mask = addMask(graph);
  let hidden = addEmbeddings(graph, model, padId, words); // [B, T, H]
  for (let layer = 0; layer < model.numHiddenLayers; layer++) {
    const block = `roberta.encoder.layer.${layer}`;
    hidden = addAttention(graph, model, `${block}.attention`, hidden, mask);
    const wide = addGelu(graph, addLinear(graph, `${block}.intermediate.dense`, hidden)); // [B, T, F]
    const narrow = addLinear(graph, `${block}.output.dense`, wide);
    const sum = graph.node('Add', [narrow, hidden], `${block}.output.sum`);
    hidden = addNorm(graph, model, `${block}.output.LayerNorm`, sum);
  }
  const head = addNorm(graph, model, 'lm_head.layer_norm', addGelu(graph, addLinear(graph, 'lm_head.dense', hidden)));
  const decoder = graph.node('Transpose', [words], 'lm_head.decoder', { perm: [1, 0] }); // [H, V]
  const product = graph.node('MatMul', [head, decoder], 'lm_head.product'); // [B, T, V]
  graph.node('Add', [product, 'lm_head.bias'], 'logits');
}

/** 0 where a key may be attended to, the lowest number elsewhere. @returns [B, 1, 1, T] */
function addMask(graph: GraphWriter): string {
  const attended = graph.node('Cast', ['attention_mask'], 'mask.float', { to: DATA_TYPE.float });
  const masked = graph.node('Sub', [graph.float('one', 1), attended], 'mask.inverted');
  const scores = graph.node('Mul', [masked, graph.float('mask.lowest', MASKED_SCORE)], 'mask.scores');
  return graph.node('Unsqueeze', [scores, graph.int('mask.axes', [1, 2])], 'mask');
}

/** Position ids from the ids, as `create_position_ids_from_input_ids` in transformers; three tables; LayerNorm. */
function addEmbeddings(graph: GraphWriter, model: ModelConfig, padId: number, words: string): string {
  const prefix = 'roberta.embeddings';
  const pad = graph.int('pad_id', [padId], true);
  const isPad = graph.node('Equal', ['input_ids', pad], 'is_pad');
  const isToken = graph.node('Not', [isPad], 'is_token');
  const token = graph.node('Cast', [isToken], 'token', { to: DATA_TYPE.int64 });
  const count = graph.node('CumSum', [token, graph.int('sequence_axis', [1], true)], 'token_count');
  const counted = graph.node('Mul', [count, token], 'token_place');
  const places = graph.node('Add', [counted, pad], 'position_ids'); // [B, T]
  const word = graph.node('Gather', [words, 'input_ids'], `${prefix}.words`);
  const place = graph.node('Gather', [`${prefix}.position_embeddings.weight`, places], `${prefix}.places`);
  const sum = graph.node('Add', [word, place], `${prefix}.word_and_place`);
  const all = graph.node('Add', [sum, `${prefix}.token_type_embeddings.weight`], `${prefix}.sum`);
  return addNorm(graph, model, `${prefix}.LayerNorm`, all);
}

function addAttention(graph: GraphWriter, model: ModelConfig, name: string, hidden: string, mask: string): string {
  const { hiddenSize: H, numAttentionHeads: A } = model;
  const heads = graph.int('heads_shape', [0, 0, A, H / A]);
  const split = (part: string, perm: readonly number[]): string => {
    const projected = addLinear(graph, `${name}.self.${part}`, hidden);
    const shaped = graph.node('Reshape', [projected, heads], `${name}.self.${part}.shaped`);
    return graph.node('Transpose', [shaped], `${name}.self.${part}.heads`, { perm });
  };
  const query = split('query', [0, 2, 1, 3]); // [B, A, T, D]
  const key = split('key', [0, 2, 3, 1]); // [B, A, D, T]
  const value = split('value', [0, 2, 1, 3]); // [B, A, T, D]
  const product = graph.node('MatMul', [query, key], `${name}.self.product`);
  const scale = graph.float('attention_scale', Math.sqrt(A / H));
  const scores = graph.node('Mul', [product, scale], `${name}.self.scores`);
  const masked = graph.node('Add', [scores, mask], `${name}.self.masked`);
  const weights = graph.node('Softmax', [masked], `${name}.self.weights`, { axis: -1 }); // [B, A, T, T]
  const context = graph.node('MatMul', [weights, value], `${name}.self.context`);
  const rows = graph.node('Transpose', [context], `${name}.self.rows`, { perm: [0, 2, 1, 3] });
  const merged = graph.node('Reshape', [rows, graph.int('hidden_shape', [0, 0, H])], `${name}.self.merged`); // [B, T, H]
  const output = addLinear(graph, `${name}.output.dense`, merged);
  const sum = graph.node('Add', [output, hidden], `${name}.output.sum`);
  return addNorm(graph, model, `${name}.output.LayerNorm`, sum);
}

function addLinear(graph: GraphWriter, name: string, x: string): string {
  const product = graph.node('MatMul', [x, transposedName(`${name}.weight`)], `${name}.product`);
  return graph.node('Add', [product, `${name}.bias`], name);
}

function addNorm(graph: GraphWriter, { layerNormEps }: ModelConfig, name: string, x: string): string {
  return graph.node('LayerNormalization', [x, `${name}.weight`, `${name}.bias`], name, {
    axis: -1,
    epsilon: { float: layerNormEps },
  });
}

/** x · (erf(x / √2) + 1) · ½ */
function addGelu(graph: GraphWriter, x: string): string {
  const scaled = graph.node('Div', [x, graph.float('sqrt_2', Math.SQRT2)], `${x}.scaled`);
  const error = graph.node('Erf', [scaled], `${x}.erf`);
  const shifted = graph.node('Add', [error, graph.float('one', 1)], `${x}.shifted`);
  const product = graph.node('Mul', [x, shifted], `${x}.twice`);
  return graph.node('Mul', [product, graph.float('half', 0.5)], `${x}.gelu`);
}
