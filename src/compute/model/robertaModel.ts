/** A model on the device: its parameters as variables of tfjs, and what is computed from them. */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { Weights } from '../../model/initialize.ts';
import { parameterSpecs, valuesOf } from '../../model/parameters.ts';
import { type Purpose, roberta } from '../../model/roberta.ts';
import type { Parameter } from '../../model/value.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { indexRows } from '../step/rowIndex.ts';
import { runOnTfjs } from '../tfjs/lowering.ts';
import { cpuEngineOf, disposeCpuEngine } from '../wasm/engine.ts';
import { indexInput, type ModelInput } from './inputs.ts';
import type { FlatCopy, ParameterOwner, Readings } from './parameterHolder.ts';

export class Roberta implements ParameterOwner {
  readonly config: ModelConfig;
  readonly vocabSize: number;
  /** Every parameter in the file's order. */
  readonly specs: readonly Parameter[];
  private readonly variables: ReadonlyMap<string, tf.Variable>;
  /** 1 / √D, kept on the device so that no step uploads it. */
  private readonly attentionScale: tf.Scalar;
  private holder: FlatCopy | null = null;

  /**
   * @param weights values of every parameter; copied
   * @throws StudioError `internal` if a parameter is missing or has another size
   */
  constructor(config: ModelConfig, vocabSize: number, weights: Weights) {
    this.config = config;
    this.vocabSize = vocabSize;
    this.specs = parameterSpecs(config, vocabSize);
    const entries = this.specs.map((spec): [string, tf.Variable] => [
      spec.name,
      tf.tidy(() => tf.variable(tensorOf(spec, weights))),
    ]);
    this.variables = new Map(entries);
    this.attentionScale = tf.scalar(Math.sqrt(config.numAttentionHeads / config.hiddenSize));
  }

  lendParameters(holder: FlatCopy): void {
    if (this.holder === holder) return;
    this.reclaimParameters();
    this.holder = holder;
    holder.invalidate();
  }

  /** Takes them back, with what became of them; does nothing if they were lent to somebody else since. */
  takeBackParameters(holder: FlatCopy): void {
    if (this.holder !== holder) return;
    holder.writeBack();
    this.holder = null;
  }

  /** Takes them back from whoever has them, so that they may be assigned to. */
  reclaimParameters(): void {
    this.holder?.writeBack();
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
   * Logits in inference mode, read back.
   * @param positions rows to read, as b·T + t; [M]
   * @returns [M, V]
   * @throws StudioError `internal` if the device failed on the way
   */
  async logitsForRows(input: ModelInput, positions: Int32Array): Promise<Float32Array> {
    return (await this.infer(input, positions))['logits'] ?? new Float32Array();
  }

  /**
   * What the network computes in inference mode, read back: all at once, so that a training step in between changes nothing.
   * @param positions rows that the head reads, as b·T + t; null: look inside
   * @returns outputs by name, see `model/roberta.ts`
   * @throws StudioError `internal` if the device failed on the way
   */
  async infer(input: ModelInput, positions: Int32Array | null): Promise<Readings> {
    const engine = cpuEngineOf(this);
    if (engine !== null) return engine.infer(input, positions);
    const purpose = positions === null ? 'inside' : 'inference';
    const outputs = tf.tidy(() => this.run(input, positions ?? new Int32Array(), purpose, 0));
    try {
      const read = Object.entries(outputs).map(
        async ([name, tensor]): Promise<[string, Float32Array]> => [name, await tensor.data<'float32'>()],
      );
      return Object.fromEntries(await Promise.all(read));
    } finally {
      tf.dispose(outputs);
      throwOnDeviceFailure();
    }
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
        this.parameter(spec.name).assign(tensorOf(spec, weights));
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

/** Of a copy: on the cpu backend a tensor keeps the array that it was made from. */
function tensorOf(spec: Parameter, weights: Weights): tf.Tensor {
  return tf.tensor(valuesOf(spec, weights).slice(), [...spec.shape], 'float32');
}
