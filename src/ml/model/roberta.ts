/** A model on the device: its parameters as variables of tfjs, and what is computed from them. */
import * as tf from '@tensorflow/tfjs';
import { runOnTfjs } from '../../compute/tfjs/lowering.ts';
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { parameterSpecs } from '../../model/parameters.ts';
import { type Purpose, roberta } from '../../model/roberta.ts';
import { type Parameter, sizeOf } from '../../model/value.ts';
import { cpuEngineOf, disposeCpuEngine } from '../cpu/engine.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { indexRows } from '../kernels/rowIndex.ts';
import type { Weights } from './initialize.ts';
import { indexInput, type ModelInput } from './inputs.ts';
import type { ParameterHolder, ParameterOwner } from './parameterHolder.ts';

/** What a text went through, to be looked at. */
export interface Capture {
  /** What the head reads out of every position, after the embeddings and after each layer, [N, V] each; L + 1 of them. */
  readonly logits: readonly tf.Tensor2D[];
  /** Of each layer, [B, A, T, T]; a row sums to 1. */
  readonly attention: readonly tf.Tensor4D[];
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
    const purpose = dropoutSeed === null ? 'inference' : 'training';
    return this.run(input, positions, purpose, dropoutSeed ?? 0)['logits'] as tf.Tensor2D;
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
    const outputs = Object.entries(tf.tidy(() => this.run(input, new Int32Array(), 'inside', 0)));
    const named = (prefix: string): tf.Tensor[] =>
      outputs.flatMap(([name, tensor]) => (name.startsWith(prefix) ? [tensor] : []));
    return { logits: named('logits.') as tf.Tensor2D[], attention: named('attention.') as tf.Tensor4D[] };
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

  /** Runs the network in tfjs ops. @returns its outputs by name, see `model/roberta.ts` */
  private run(input: ModelInput, positions: Int32Array, purpose: Purpose, dropoutSeed: number): tf.NamedTensorMap {
    const { rows, columns } = input;
    const { words, places, maskBias } = indexInput(input, this.vocabSize, this.config.maxPositionEmbeddings);
    const graph = roberta(this.config, this.vocabSize, { rows, columns, maskedRows: positions.length }, purpose);
    return runOnTfjs(graph, {
      rows: { ids: words, places, positions: indexRows(positions, rows * columns) },
      maskBias: maskBias && tf.tensor(maskBias, [rows, 1, 1, columns]),
      attentionScale: this.attentionScale,
      parameter: (name) => this.parameter(name),
      dropoutSeed,
    });
  }
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
