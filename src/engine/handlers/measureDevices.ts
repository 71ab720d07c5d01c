/** The Model step's measurement: which backend is the fastest with the sizes chosen, on one layer, in five seconds at most. */
import type { BackendName } from '../../core/device.ts';
import { createBatchSource } from '../../core/pipeline/batches.ts';
import { drawWeights } from '../../ml/model/initialize.ts';
import { Roberta } from '../../ml/model/roberta.ts';
import { createTrainer } from '../../ml/training/createTrainer.ts';
import type { CommandParams, CommandResult, DeviceTime } from '../protocol.ts';
import { asJob, requireTokens, type SessionState, type TokenizedText } from '../session.ts';
import { yieldToMessages } from '../yieldToMessages.ts';
import { activate, assertFits, ensureDevice, type RunSizes, tokenCounts } from './model.ts';

/** Measured in this order: what a slow adapter still has to compile must not disturb the other one. */
const MEASURED: readonly BackendName[] = ['wasm', 'webgpu'];
/** A backend that has not finished a second step by then is taken to be slow. */
const BUDGET_MS = 1800;
const STEPS_MAX = 8;

/** Times each backend that can be had, and moves to the fastest. */
export async function measureDevices(
  state: SessionState,
  params: CommandParams<'device.measure'>,
): Promise<CommandResult<'device.measure'>> {
  await ensureDevice(state);
  return asJob(state, 'measuring the devices', async () => {
    const tokens = requireTokens(state);
    assertFits(state, tokens, params);
    const offered = state.device?.backends.filter(({ available }) => available).map(({ name }) => name) ?? [];
    const times: DeviceTime[] = [];
    for (const backend of MEASURED.filter((name) => offered.includes(name))) {
      await activate(state, backend);
      times.push({ backend, msPerStep: await timeOneLayer(tokens, params) });
    }
    const [fastest] = times
      .filter(({ msPerStep }) => msPerStep !== null)
      .sort((a, b) => (a.msPerStep ?? 0) - (b.msPerStep ?? 0));
    const report = await activate(state, fastest?.backend ?? 'auto');
    return { times, report };
  });
}

/** @returns ms of a step of a model with one layer; null if two steps took longer than the budget */
async function timeOneLayer(tokens: TokenizedText, { model, pipeline, training }: RunSizes): Promise<number | null> {
  const { vocabSize } = tokens.tokenizer;
  const oneLayer = { ...model, numHiddenLayers: 1 };
  const { batchSize, seed, gradientAccumulation } = training;
  const source = createBatchSource(tokens.training, { pipeline, batchSize, seed, vocabSize });
  const roberta = new Roberta(oneLayer, vocabSize, drawWeights(oneLayer, vocabSize, seed, tokenCounts(tokens)));
  const trainer = createTrainer(roberta, training, { seed });
  const endMs = performance.now() + BUDGET_MS;
  const times: number[] = [];
  try {
    while (times.length < STEPS_MAX && performance.now() < endMs) {
      const startedMs = performance.now();
      const first = times.length * gradientAccumulation;
      trainer.step(
        times.length,
        Array.from({ length: gradientAccumulation }, (_, k) => source.batch(first + k)),
      );
      if (!(await inTime(trainer.readPoints(), endMs - performance.now()))) break;
      times.push(performance.now() - startedMs);
      await yieldToMessages();
    }
  } finally {
    trainer.dispose();
    roberta.dispose();
  }
  // The first one compiles.
  return times.length < 2 ? null : Math.min(...times.slice(1));
}

/** Whether it came in time. What comes too late is of a model that is gone by then: its failure, too, is nobody's. */
async function inTime(reading: Promise<unknown>, ms: number): Promise<boolean> {
  let timer = 0;
  const late = new Promise<false>((resolve) => {
    timer = self.setTimeout(() => resolve(false), ms);
  });
  const come = reading.then(() => true);
  try {
    return await Promise.race([come, late]);
  } finally {
    clearTimeout(timer);
    come.catch(() => undefined);
  }
}
