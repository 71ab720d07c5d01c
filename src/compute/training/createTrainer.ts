/** The fastest way to take a run's steps on the active backend. */

import type { TrainingConfig } from '../../core/config.ts';
import { canRecord, type Executor } from '../executor.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { isFused } from '../tfjs/kernels/fusion.ts';
import { isBarrierFree } from '../tfjs/kernels/matMul.ts';
import { cpuEngineOf } from '../wasm/engine.ts';
import { WasmExecutor } from '../wasm/executor.ts';
import { WebgpuExecutor } from '../webgpu/executor.ts';
import { webgpuBackend } from '../webgpu/variables.ts';
import { RecordedTrainer } from './recordedTrainer.ts';
import type { StepTrainer } from './stepTrainer.ts';
import { Trainer } from './trainer.ts';

/**
 * Recorded dispatches on WebGPU and our own programs on wasm, unless fusion is off or a size does not fit; tfjs ops
 * elsewhere.
 * @param model borrowed: it outlives the trainer
 */
export function createTrainer(model: Roberta, config: TrainingConfig, options: { readonly seed: number }): StepTrainer {
  const executor = executorFor(model, config);
  return executor === null
    ? new Trainer(model, config, options)
    : new RecordedTrainer(model, config, options.seed, executor);
}

function executorFor(model: Roberta, config: TrainingConfig): Executor | null {
  const engine = cpuEngineOf(model);
  if (engine !== null) return new WasmExecutor(model, config, engine);
  const backend = isFused() && canRecord(model.config) ? webgpuBackend() : null;
  return backend && new WebgpuExecutor(model, config, backend, isBarrierFree() ? 'single' : 'shared');
}
