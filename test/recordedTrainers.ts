/** Small trainers that record their steps on WebGPU: two files of tests have the same, so that shaders are compiled once. */

import type { Roberta } from '../src/compute/model/robertaModel.ts';
import { Trainer } from '../src/compute/training/trainer.ts';
import { WebgpuExecutor } from '../src/compute/webgpu/executor.ts';
import { webgpuBackend } from '../src/compute/webgpu/variables.ts';
import { configForPreset, type ModelConfig, type TrainingConfig } from '../src/core/config.ts';
import type { KernelStyle } from '../src/core/device.ts';

/** A vocabulary and a length that no tile divides. */
export const VOCAB_SIZE = 301;
export const SIZES = { rows: 3, columns: 14, vocabSize: VOCAB_SIZE };
const preset = configForPreset('micro');
export const MODEL: ModelConfig = { ...preset.model, maxPositionEmbeddings: 20, intermediateSize: 68 };
export const TRAINING: TrainingConfig = { ...preset.training, steps: 60, warmupSteps: 5, learningRate: 3e-3 };

export type Create = (model: Roberta, training: TrainingConfig) => Trainer;

export function onWebgpu(style: KernelStyle, seed = 1): Create {
  return (model, training) => {
    const backend = webgpuBackend();
    if (backend === null) throw new Error('no WebGPU backend');
    return new Trainer(model, training, seed, new WebgpuExecutor(model, training, backend, style));
  };
}
