/** What every engine of the benchmark does, and the worker's side of asking it. Each engine has a worker of its own. */

import { messageOf } from '../../src/core/errors.ts';
import { type GpuCounts, watchGpu } from './gpuCounts.ts';
import type { BenchShape } from './shapes.ts';

export type BenchBackend = 'webgpu' | 'wasm';

export interface BenchEngine {
  /** The device in its own words. */
  readonly adapter: string;
  /** The part of a step that JavaScript does before the device has it all. @param step from 0 on */
  step(step: number): void;
  /** Waits until the device is done. @returns the last step's loss, nats */
  finish(): Promise<number>;
  /** Bytes on the device, where the engine knows them. */
  bytes(): number | null;
  dispose(): void;
}

export type CreateEngine = (shape: BenchShape, backend: BenchBackend) => Promise<BenchEngine>;

/** Averages over the steps of one measurement. Counts are null where no GPU is used. */
export interface StepCost extends Record<keyof GpuCounts, number | null> {
  readonly msPerStep: number;
  /** Null where JavaScript's own thread computes. */
  readonly jsMsPerStep: number | null;
  readonly gpuBytes: number | null;
  readonly loss: number;
}

export type BenchCommand =
  | { readonly kind: 'create'; readonly shape: BenchShape; readonly backend: BenchBackend }
  | { readonly kind: 'run'; readonly steps: number }
  | { readonly kind: 'dispose' };

export type BenchReply =
  | { readonly kind: 'adapter'; readonly adapter: string }
  | { readonly kind: 'cost'; readonly cost: StepCost }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly message: string };

/** Answers the page's commands with one engine at a time. */
export function serveEngine(create: CreateEngine): void {
  const gpu = watchGpu();
  let engine: BenchEngine | null = null;
  let backend: BenchBackend = 'wasm';
  let step = 0;

  async function answer(command: BenchCommand): Promise<BenchReply> {
    if (command.kind === 'create') {
      step = 0;
      backend = command.backend;
      engine = await create(command.shape, command.backend);
      return { kind: 'adapter', adapter: engine.adapter };
    }
    if (engine === null) throw new Error('no engine was created');
    if (command.kind === 'dispose') {
      engine.dispose();
      engine = null;
      return { kind: 'done' };
    }
    return { kind: 'cost', cost: await measure(engine, command.steps) };
  }

  async function measure(measured: BenchEngine, steps: number): Promise<StepCost> {
    const before = gpu.counts();
    const startedMs = performance.now();
    let jsMs = 0;
    for (let done = 0; done < steps; done++) {
      const stepMs = performance.now();
      measured.step(step++);
      jsMs += performance.now() - stepMs;
    }
    const loss = await measured.finish();
    const msPerStep = (performance.now() - startedMs) / steps;
    const after = gpu.counts();
    const perStep = (key: keyof GpuCounts): number | null =>
      backend === 'webgpu' ? (after[key] - before[key]) / steps : null;
    return {
      msPerStep,
      jsMsPerStep: backend === 'webgpu' ? jsMs / steps : null,
      dispatches: perStep('dispatches'),
      submits: perStep('submits'),
      passes: perStep('passes'),
      buffersCreated: perStep('buffersCreated'),
      gpuBytes: measured.bytes(),
      loss,
    };
  }

  self.onmessage = ({ data }: MessageEvent<BenchCommand>) => {
    answer(data).then(
      (reply) => self.postMessage(reply),
      (thrown: unknown) => {
        self.postMessage({ kind: 'error', message: messageOf(thrown) } satisfies BenchReply);
      },
    );
  };
}
