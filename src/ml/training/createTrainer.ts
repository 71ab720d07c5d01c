/** The fastest way to take a run's steps on the active backend. */
import { canRecord, type Executor } from '../../compute/executor.ts';
import { RecordedTrainer } from '../../compute/recordedTrainer.ts';
import { WasmExecutor } from '../../compute/wasm/executor.ts';
import { WebgpuExecutor } from '../../compute/webgpu/executor.ts';
import type { TrainingConfig } from '../../core/config.ts';
import { cpuEngineOf } from '../cpu/engine.ts';
import { webgpuBackend } from '../fused/variables.ts';
import { isFused } from '../kernels/fusion.ts';
import { isBarrierFree } from '../kernels/matMul.ts';
import type { Roberta } from '../model/roberta.ts';
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
