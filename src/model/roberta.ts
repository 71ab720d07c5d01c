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
  const network = new Wiring(model, vocabSize, sizes, purpose === 'training');
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

class Wiring {
  readonly graph = new GraphBuilder();
  readonly #model: ModelConfig;
  readonly #vocabSize: number;
  readonly #sizes: BatchSizes;
  readonly #drops: boolean;

  constructor(model: ModelConfig, vocabSize: number, sizes: BatchSizes, drops: boolean) {
    this.#model = model;
    this.#vocabSize = vocabSize;
    this.#sizes = sizes;
    this.#drops = drops;
  }

  /** @returns [N, H] */
  embed(): Value {
    const { rows, columns } = this.#sizes;
    const [ids, places] = [this.graph.input('ids', [rows * columns]), this.graph.input('places', [rows * columns])];
    const tables = {
      words: this.#table(WORD_TABLE, this.#vocabSize),
      positions: this.#table('roberta.embeddings.position_embeddings.weight', this.#model.maxPositionEmbeddings),
      types: this.#table('roberta.embeddings.token_type_embeddings.weight', 1),
    };
    const { y: sum } = this.graph.add('embedding', { ids, places, ...tables }, {});
    return this.#dropout(this.#norm('roberta.embeddings.LayerNorm', sum));
  }

  /** Self-attention and feed-forward, each with its residual and LayerNorm. @param x [N, H] */
  block(name: string, x: Value): { readonly y: Value; readonly probabilities: Value } {
    const { hiddenSize: H, intermediateSize: F } = this.#model;
    const { y: context, probabilities } = this.#attend(`${name}.attention.self`, x);
    const attention = this.#dropout(this.#dense(`${name}.attention.output.dense`, context, H));
    const middle = this.#norm(`${name}.attention.output.LayerNorm`, this.#sum(attention, x));
    const wide = this.#gelu(this.#dense(`${name}.intermediate.dense`, middle, F)); // [N, F]
    const narrow = this.#dropout(this.#dense(`${name}.output.dense`, wide, H));
    return { y: this.#norm(`${name}.output.LayerNorm`, this.#sum(narrow, middle)), probabilities };
  }

  /** The rows that the head is to read. @returns [M, H] */
  read(x: Value): Value {
    return this.graph.add('gather', { x, rows: this.graph.input('positions', [this.#sizes.maskedRows]) }, {}).y;
  }

  /** The masked-LM head. @param x [M, H] @returns [M, V] */
  head(x: Value): Value {
    const transformed = this.#gelu(this.#dense('lm_head.dense', x, this.#model.hiddenSize));
    const y = this.#norm('lm_head.layer_norm', transformed);
    const weight = this.#table(WORD_TABLE, this.#vocabSize);
    const bias = this.graph.parameter('lm_head.bias', [this.#vocabSize], 'bias');
    return this.graph.add('dense', { x: y, weight, bias }, {}).y;
  }

  /** Multi-head attention; query, key and value are one product. */
  #attend(name: string, x: Value): { readonly y: Value; readonly probabilities: Value } {
    const { hiddenSize: H, numAttentionHeads: heads, attentionProbsDropoutProb } = this.#model;
    const parts = ['query', 'key', 'value'].map((part) => this.#linear(`${name}.${part}`, x, H, heads));
    const weight = this.graph.stack(parts.map((part) => part.weight));
    const bias = this.graph.stack(parts.map((part) => part.bias));
    const { y: qkv } = this.graph.add('dense', { x, weight, bias }, {}); // [N, 3H]
    const attended = this.graph.input('attended', [this.#sizes.rows, this.#sizes.columns]);
    const rate = this.#drops ? attentionProbsDropoutProb : 0;
    return this.graph.add('attention', { qkv, attended }, { heads, rate, site: this.graph.dropoutSite() });
  }

  #dense(name: string, x: Value, outputs: number): Value {
    return this.graph.add('dense', { x, ...this.#linear(name, x, outputs) }, {}).y;
  }

  /** @param heads whose outputs they are */
  #linear(
    name: string,
    x: Value,
    outputs: number,
    heads = 1,
  ): { readonly weight: Parameter; readonly bias: Parameter } {
    const groups = { groups: x.groups, rowGroups: heads };
    const weight = this.graph.parameter(`${name}.weight`, [outputs, widthOf(x)], 'matrix', groups);
    return { weight, bias: this.graph.parameter(`${name}.bias`, [outputs], 'bias', { groups: heads }) };
  }

  #norm(name: string, x: Value): Value {
    const scale = this.graph.parameter(`${name}.weight`, [this.#model.hiddenSize], 'normWeight');
    const shift = this.graph.parameter(`${name}.bias`, [this.#model.hiddenSize], 'normBias');
    return this.graph.add('layerNorm', { x, scale, shift }, { epsilon: this.#model.layerNormEps }).y;
  }

  #dropout(x: Value): Value {
    const [rate, site] = [this.#drops ? this.#model.hiddenDropoutProb : 0, this.graph.dropoutSite()];
    return rate > 0 ? this.graph.add('dropout', { x }, { rate, site }).y : x;
  }

  #gelu(x: Value): Value {
    return this.graph.add('gelu', { x }, {}).y;
  }

  #sum(a: Value, b: Value): Value {
    return this.graph.add('add', { a, b }, {}).y;
  }

  #table(name: string, rows: number): Parameter {
    return this.graph.parameter(name, [rows, this.#model.hiddenSize], 'embedding');
  }
}

function numbered(name: string, values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(values.map((value, place) => [`${name}.${place}`, value]));
}
