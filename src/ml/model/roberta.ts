/**
 * RoBERTa with its masked-LM head. Post-norm blocks, exact erf GELU, decoder tied to the word table.
 *
 * B rows, T columns, N = B·T positions, H hidden, A heads, D = H / A head size, F feed-forward, V vocabulary, M rows read
 * by the head.
 *
 * Source: `RobertaForMaskedLM` in transformers, `modeling_roberta.py`; Liu et al. (2019), RoBERTa.
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import { parameterSpecs } from '../../model/parameters.ts';
import { type Parameter, sizeOf } from '../../model/value.ts';
import { cpuEngineOf, disposeCpuEngine } from '../cpu/engine.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { dense } from '../kernels/dense.ts';
import { dropout } from '../kernels/dropout.ts';
import { gatherRows } from '../kernels/gatherRows.ts';
import { gelu } from '../kernels/gelu.ts';
import { layerNorm } from '../kernels/layerNorm.ts';
import { indexRows } from '../kernels/rowIndex.ts';
import { softmax } from '../kernels/softmax.ts';
import type { Weights } from './initialize.ts';
import { indexInput, type ModelInput } from './inputs.ts';
import type { ParameterHolder, ParameterOwner } from './parameterHolder.ts';

/** Gives each place where units are dropped a seed of its own, in the order of the forward pass; null: nothing is dropped. */
type DropoutSites = (() => number) | null;

/** What a forward pass went through, to be looked at. */
export interface Capture {
  /** After the embeddings and after each layer, [N, H] each; L + 1 of them. */
  readonly hidden: tf.Tensor2D[];
  /** Of each layer, [B, A, T, T]; a row sums to 1. */
  readonly attention: tf.Tensor4D[];
}

export class Roberta implements ParameterOwner {
  readonly config: ModelConfig;
  readonly vocabSize: number;
  /** Every parameter in the file's order. */
  readonly specs: readonly Parameter[];
  private readonly variables: ReadonlyMap<string, tf.Variable>;
  /** 1 / √D, kept on the device so that no step uploads it. */
  private readonly attentionScale: tf.Scalar;
  private holder: ParameterHolder | null = null;

  /**
   * @param weights values of every parameter; copied
   * @throws StudioError `internal` if a parameter is missing or has another size
   */
  constructor(config: ModelConfig, vocabSize: number, weights: Weights) {
    this.config = config;
    this.vocabSize = vocabSize;
    this.specs = parameterSpecs(config, vocabSize);
    const entries = this.specs.map((spec): [string, tf.Variable] => [spec.name, createVariable(spec, weights)]);
    this.variables = new Map(entries);
    this.attentionScale = tf.scalar(Math.sqrt(config.numAttentionHeads / config.hiddenSize));
  }

  /** Lends the parameters to somebody who is asked for their values from now on. */
  lendParameters(holder: ParameterHolder): void {
    this.reclaimParameters();
    this.holder = holder;
  }

  /** Takes them back, with what became of them; does nothing if they were lent to somebody else since. */
  takeBackParameters(holder: ParameterHolder): void {
    if (this.holder !== holder) return;
    holder.writeBack();
    this.holder = null;
  }

  /** Takes them back from whoever has them, so that they may be assigned to. */
  reclaimParameters(): void {
    this.holder?.writeBack();
    this.holder?.returned?.();
    this.holder = null;
  }

  /** A parameter on the device, owned by the model. Assign to it to change it, unless the parameters are lent. */
  parameter(name: string): tf.Variable {
    this.holder?.writeBack();
    const variable = this.variables.get(name);
    if (variable === undefined) throw new StudioError('internal', `no parameter ${name}`, { name });
    return variable;
  }

  /**
   * Logits of the rows that a loss reads, differentiable in every parameter. To be called inside a tidy.
   * @param positions rows to read, as b·T + t; [M]
   * @param dropoutSeed seed of everything that is dropped in this pass; null in inference
   * @returns [M, V]
   */
  forward(input: ModelInput, positions: Int32Array, dropoutSeed: number | null): tf.Tensor2D {
    const hidden = this.encode(input, dropoutSeed); // [N, H]
    return this.head(gatherRows(hidden, indexRows(positions, input.rows * input.columns))); // [M, V]
  }

  /**
   * Logits in inference mode, for evaluation. The caller owns the result.
   * @param positions rows to read, as b·T + t; [M]
   * @returns [M, V]
   */
  logitsForRows(
    inputIds: Int32Array,
    attentionMask: Int32Array,
    rows: number,
    columns: number,
    positions: Int32Array,
  ): tf.Tensor2D {
    const logits = cpuEngineOf(this)?.logitsForRows(inputIds, attentionMask, rows, columns, positions);
    if (logits) return tf.tensor2d(logits, [positions.length, this.vocabSize]);
    return tf.tidy(() => this.forward({ inputIds, attentionMask, rows, columns }, positions, null));
  }

  /**
   * A forward pass in inference mode, with what it went through. The caller owns the tensors.
   * Source: `output_attentions` and `output_hidden_states` in transformers.
   */
  inspect(input: ModelInput): Capture {
    const capture: Capture = { hidden: [], attention: [] };
    tf.tidy(() => {
      this.encode(input, null, capture);
      return [...capture.hidden, ...capture.attention];
    });
    return capture;
  }

  /** Logits that the masked-LM head reads out of hidden states. The caller owns the result. @param hidden [M, H] @returns [M, V] */
  readHidden(hidden: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => this.head(hidden));
  }

  /**
   * Copies every parameter off the device, as it is now: what is assigned while the copy comes back changes nothing of it.
   * @throws StudioError `internal` if the device failed on the way
   */
  async readWeights(): Promise<Weights> {
    const read = this.specs.map(
      async ({ name }): Promise<[string, Float32Array]> => [name, await this.readParameter(name)],
    );
    return new Map(await Promise.all(read));
  }

  /**
   * Copies one parameter off the device.
   * @throws StudioError `internal` if the device failed on the way
   */
  async readParameter(name: string): Promise<Float32Array> {
    const held = this.parameter(name).clone();
    const values = await held.data<'float32'>();
    held.dispose();
    throwOnDeviceFailure();
    // On the cpu backend `data()` hands out the tensor's own array; elsewhere it is a copy already.
    return tf.getBackend() === 'cpu' ? values.slice() : values;
  }

  /**
   * Replaces every parameter.
   * @throws StudioError `internal` if a parameter is missing or has another size
   */
  writeWeights(weights: Weights): void {
    tf.tidy(() => {
      for (const spec of this.specs) {
        this.parameter(spec.name).assign(tf.tensor(valuesOf(spec, weights), [...spec.shape], 'float32'));
      }
    });
    this.holder?.invalidate();
  }

  /** Frees the device's memory. The model can't be used afterwards. */
  dispose(): void {
    this.holder = null;
    disposeCpuEngine(this);
    for (const variable of this.variables.values()) variable.dispose();
    this.attentionScale.dispose();
  }

  /** Embeddings and blocks. @returns [N, H] */
  private encode(input: ModelInput, dropoutSeed: number | null, capture: Capture | null = null): tf.Tensor2D {
    const { hiddenDropoutProb, numHiddenLayers, maxPositionEmbeddings } = this.config;
    const sites = dropoutSites(dropoutSeed);
    const index = indexInput(input, this.vocabSize, maxPositionEmbeddings);
    const prefix = 'roberta.embeddings';
    const words = gatherRows(this.matrix(`${prefix}.word_embeddings.weight`), index.words); // [N, H]
    const places = gatherRows(this.matrix(`${prefix}.position_embeddings.weight`), index.places); // [N, H]
    const kinds = this.parameter(`${prefix}.token_type_embeddings.weight`); // [1, H]
    const sum = tf.add(tf.add(words, places), kinds) as tf.Tensor2D; // [N, H]
    const maskBias = index.maskBias && tf.tensor(index.maskBias, [input.rows, 1, 1, input.columns]); // [B, 1, 1, T]
    let hidden = drop(this.norm(`${prefix}.LayerNorm`, sum), hiddenDropoutProb, sites); // [N, H]
    capture?.hidden.push(hidden);
    for (let layer = 0; layer < numHiddenLayers; layer++) {
      const block = `roberta.encoder.layer.${layer}`;
      hidden = this.attention(`${block}.attention`, hidden, input, maskBias, sites, capture); // [N, H]
      hidden = this.feedForward(block, hidden, sites); // [N, H]
      capture?.hidden.push(hidden);
    }
    return hidden;
  }

  /** Multi-head self-attention, its output projection, dropout, residual and LayerNorm. */
  private attention(
    name: string,
    hidden: tf.Tensor2D, // [N, H]
    { rows, columns }: ModelInput,
    maskBias: tf.Tensor | null, // [B, 1, 1, T]
    sites: DropoutSites,
    capture: Capture | null,
  ): tf.Tensor2D {
    const { hiddenSize, numAttentionHeads, hiddenDropoutProb, attentionProbsDropoutProb } = this.config;
    const split = (x: tf.Tensor): tf.Tensor4D =>
      tf.transpose(tf.reshape(x, [rows, columns, numAttentionHeads, hiddenSize / numAttentionHeads]), [0, 2, 1, 3]);
    // Scaling the queries rather than the scores is the same product over fewer numbers.
    const query = split(tf.mul(this.linear(`${name}.self.query`, hidden), this.attentionScale)); // [B, A, T, D]
    const key = split(this.linear(`${name}.self.key`, hidden)); // [B, A, T, D]
    const value = split(this.linear(`${name}.self.value`, hidden)); // [B, A, T, D]
    const scores = tf.matMul(query, key, false, true); // [B, A, T, T]
    const masked = maskBias === null ? scores : tf.add(scores, maskBias); // [B, A, T, T]
    const attention = softmax(masked); // [B, A, T, T]
    capture?.attention.push(attention as tf.Tensor4D);
    const probabilities = drop(attention, attentionProbsDropoutProb, sites); // [B, A, T, T]
    const context = tf.transpose(tf.matMul(probabilities, value), [0, 2, 1, 3]); // [B, T, A, D]
    const merged = tf.reshape(context, [rows * columns, hiddenSize]) as tf.Tensor2D; // [N, H]
    const output = drop(this.linear(`${name}.output.dense`, merged), hiddenDropoutProb, sites); // [N, H]
    return this.norm(`${name}.output.LayerNorm`, tf.add(output, hidden)); // [N, H]
  }

  /** The two dense layers of a block, dropout, residual and LayerNorm. @returns [N, H] */
  private feedForward(name: string, hidden: tf.Tensor2D, sites: DropoutSites): tf.Tensor2D {
    const wide = gelu(this.linear(`${name}.intermediate.dense`, hidden)); // [N, F]
    const output = drop(this.linear(`${name}.output.dense`, wide), this.config.hiddenDropoutProb, sites); // [N, H]
    return this.norm(`${name}.output.LayerNorm`, tf.add(output, hidden)); // [N, H]
  }

  /** The masked-LM head, with no dropout. @param hidden [M, H] @returns [M, V] */
  private head(hidden: tf.Tensor2D): tf.Tensor2D {
    const transformed = this.norm('lm_head.layer_norm', gelu(this.linear('lm_head.dense', hidden))); // [M, H]
    const table = this.matrix('roberta.embeddings.word_embeddings.weight'); // [V, H]
    return dense(transformed, table, this.parameter('lm_head.bias')); // [M, V]
  }

  private linear(name: string, x: tf.Tensor2D): tf.Tensor2D {
    return dense(x, this.matrix(`${name}.weight`), this.parameter(`${name}.bias`));
  }

  private norm(name: string, x: tf.Tensor2D): tf.Tensor2D {
    return layerNorm(x, this.parameter(`${name}.weight`), this.parameter(`${name}.bias`), this.config.layerNormEps);
  }

  private matrix(name: string): tf.Tensor2D {
    return this.parameter(name) as tf.Tensor as tf.Tensor2D;
  }
}

function dropoutSites(seed: number | null): DropoutSites {
  if (seed === null) return null;
  let site = 0;
  return () => deriveSeed(seed, site++);
}

function drop<T extends tf.Tensor>(x: T, rate: number, sites: DropoutSites): T {
  if (sites === null) return x;
  return dropout(x, rate, sites());
}

function createVariable(spec: Parameter, weights: Weights): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(valuesOf(spec, weights), [...spec.shape], 'float32')));
}

/**
 * A copy of a parameter's values, or of what goes with it: on the cpu backend a tensor keeps the array that it was made from.
 * @throws StudioError `internal` if it is missing or has another size
 */
export function valuesOf(spec: Parameter, weights: Weights): Float32Array {
  const values = weights.get(spec.name);
  if (values === undefined || values.length !== sizeOf(spec.shape)) {
    const found = values?.length ?? 0;
    throw new StudioError('internal', `weights of ${spec.name}: ${found} numbers for [${spec.shape}]`, {
      name: spec.name,
      found,
    });
  }
  return values.slice();
}
