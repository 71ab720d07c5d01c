/** The fastest way to take a run's steps on the active backend. */
import type { TrainingConfig } from '../../core/config.ts';
import { CpuTrainer } from '../cpu/cpuTrainer.ts';
import { cpuEngineOf } from '../cpu/engine.ts';
import { canFuse, FusedTrainer } from '../fused/fusedTrainer.ts';
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
  const engine = cpuEngineOf(model);
  if (engine !== null) return new CpuTrainer(model, engine, config, options);
  const backend = isFused() && canFuse(model.config) ? webgpuBackend() : null;
  if (backend === null) return new Trainer(model, config, options);
  return new FusedTrainer(model, config, { ...options, backend, style: isBarrierFree() ? 'single' : 'shared' });
}
