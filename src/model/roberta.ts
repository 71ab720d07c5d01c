/**
 * RoBERTa with its masked-LM head as a graph: the one place that knows how it is wired and what its weights are called.
 * Post-norm blocks, exact GELU, decoder tied to the word table.
 *
 * B rows, T columns, N = B · T positions, H hidden, A heads, F feed-forward, V vocabulary, P rows of the position table, M rows
 * that the head reads.
 *
 * Source: Liu et al. (2019), RoBERTa; `RobertaForMaskedLM` in transformers, `modeling_roberta.py`.
 */
import type { ModelConfig } from '../core/config.ts';
import { type Graph, GraphBuilder } from './graph.ts';
import { type Parameter, type Value, widthOf } from './value.ts';

/** Sizes of a batch. */
export interface BatchSizes {
  /** B. */
  readonly rows: number;
  /** T. */
  readonly columns: number;
  /** M. A batch with fewer masked rows is filled up with rows of weight 0. */
  readonly maskedRows: number;
}

/** Training drops units. To look inside, the head reads every position, after the embeddings and after each layer. */
export type Purpose = 'training' | 'inference' | 'inside';

export const WORD_TABLE = 'roberta.embeddings.word_embeddings.weight';

/**
 * Inputs: `ids` and `places` (rows of the position table) [N], `attended` [B, T], `positions` (rows that the head reads) [M].
 * Outputs: `logits` [M, V]; to look inside, instead, `logits.0` … `logits.L` [N, V] and `attention.0` … [B, A, T, T].
 */
export function roberta(model: ModelConfig, vocabSize: number, sizes: BatchSizes, purpose: Purpose): Graph {
  const network = wiring(model, vocabSize, sizes, purpose === 'training');
  const hidden = [network.embed()]; // [N, H] each
  const attention: Value[] = [];
  for (let layer = 0; layer < model.numHiddenLayers; layer++) {
    const { y, probabilities } = network.block(`roberta.encoder.layer.${layer}`, hidden[layer] as Value);
    hidden.push(y);
    attention.push(probabilities);
  }
  if (purpose !== 'inside') {
    const read = network.read(hidden.at(-1) as Value); // [M, H]
    return network.graph.finish({ logits: network.head(read) });
  }
  const logits = hidden.map((x) => network.head(x));
  return network.graph.finish({ ...numbered('logits', logits), ...numbered('attention', attention) });
}

/** The parts of a network, over a graph that they are added to. */
function wiring(model: ModelConfig, vocabSize: number, sizes: BatchSizes, drops: boolean) {
  const graph = new GraphBuilder();
  return { graph, embed, block, read, head };

  /** @returns [N, H] */
  function embed(): Value {
    const { rows, columns } = sizes;
    const [ids, places] = [graph.input('ids', [rows * columns]), graph.input('places', [rows * columns])];
    const tables = {
      words: table(WORD_TABLE, vocabSize),
      positions: table('roberta.embeddings.position_embeddings.weight', model.maxPositionEmbeddings),
      types: table('roberta.embeddings.token_type_embeddings.weight', 1),
    };
    const { y } = graph.add('embedding', { ids, places, ...tables }, {});
    return dropout(norm('roberta.embeddings.LayerNorm', y));
  }

  /** Self-attention and feed-forward, each with its residual and LayerNorm. @param x [N, H] */
  function block(name: string, x: Value): { readonly y: Value; readonly probabilities: Value } {
    const { hiddenSize: H, intermediateSize: F } = model;
    const { y: context, probabilities } = attend(`${name}.attention.self`, x);
    const attention = dropout(dense(`${name}.attention.output.dense`, context, H));
    const middle = norm(`${name}.attention.output.LayerNorm`, sum(attention, x));
    const wide = gelu(dense(`${name}.intermediate.dense`, middle, F)); // [N, F]
    const narrow = dropout(dense(`${name}.output.dense`, wide, H));
    return { y: norm(`${name}.output.LayerNorm`, sum(narrow, middle)), probabilities };
  }

  /** The rows that the head is to read. @returns [M, H] */
  function read(x: Value): Value {
    return graph.add('gather', { x, rows: graph.input('positions', [sizes.maskedRows]) }, {}).y;
  }

  /** The masked-LM head. @param x [M, H] @returns [M, V] */
  function head(x: Value): Value {
    const transformed = gelu(dense('lm_head.dense', x, model.hiddenSize));
    const y = norm('lm_head.layer_norm', transformed);
    const weight = table(WORD_TABLE, vocabSize);
    const bias = graph.parameter('lm_head.bias', [vocabSize], 'bias');
    return graph.add('dense', { x: y, weight, bias }, {}).y;
  }

  /** Multi-head attention; query, key and value are one product. */
  function attend(name: string, x: Value): { readonly y: Value; readonly probabilities: Value } {
    const { hiddenSize: H, numAttentionHeads: heads, attentionProbsDropoutProb } = model;
    const parts = ['query', 'key', 'value'].map((part) => linear(`${name}.${part}`, x, H, heads));
    const weight = graph.stack(parts.map((part) => part.weight));
    const bias = graph.stack(parts.map((part) => part.bias));
    const { y: qkv } = graph.add('dense', { x, weight, bias }, {}); // [N, 3H]
    const attended = graph.input('attended', [sizes.rows, sizes.columns]);
    const rate = drops ? attentionProbsDropoutProb : 0;
    return graph.add('attention', { qkv, attended }, { heads, rate, site: graph.dropoutSite() });
  }

  function dense(name: string, x: Value, outputs: number): Value {
    return graph.add('dense', { x, ...linear(name, x, outputs) }, {}).y;
  }

  /** @param heads whose outputs they are */
  function linear(
    name: string,
    x: Value,
    outputs: number,
    heads = 1,
  ): { readonly weight: Parameter; readonly bias: Parameter } {
    const groups = { groups: x.groups, rowGroups: heads };
    const weight = graph.parameter(`${name}.weight`, [outputs, widthOf(x)], 'matrix', groups);
    return { weight, bias: graph.parameter(`${name}.bias`, [outputs], 'bias', { groups: heads }) };
  }

  function norm(name: string, x: Value): Value {
    const scale = graph.parameter(`${name}.weight`, [model.hiddenSize], 'normWeight');
    const shift = graph.parameter(`${name}.bias`, [model.hiddenSize], 'normBias');
    return graph.add('layerNorm', { x, scale, shift }, { epsilon: model.layerNormEps }).y;
  }

  function dropout(x: Value): Value {
    const [rate, site] = [drops ? model.hiddenDropoutProb : 0, graph.dropoutSite()];
    return rate > 0 ? graph.add('dropout', { x }, { rate, site }).y : x;
  }

  function gelu(x: Value): Value {
    return graph.add('gelu', { x }, {}).y;
  }

  function sum(a: Value, b: Value): Value {
    return graph.add('add', { a, b }, {}).y;
  }

  function table(name: string, rows: number): Parameter {
    return graph.parameter(name, [rows, model.hiddenSize], 'embedding');
  }
}

function numbered(name: string, values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(values.map((value, place) => [`${name}.${place}`, value]));
}
