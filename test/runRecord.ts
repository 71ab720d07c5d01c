/** A run that has ended, for tests: figures that are easy to recognise. */
import { DEFAULT_CONFIG } from '../src/core/config.ts';
import type { RunSummary } from '../src/steps/train/trainCommands.ts';
import type { RunRecord } from '../src/steps/train/trainState.ts';
import { createMetricsLog } from '../src/studio/page/metricsLog.ts';
import { heldOutPoint, trainPoint } from './points.ts';

const STEPS = 400;

/** Looks while training, every 100 steps: below word frequencies, then below the table. */
const LOOKS = [6.1, 5.8, 4.5, 4.1, 3.95] as const;

const reference = {
  ...{ random: Math.log(1024), unigram: 6, neighbours: 4.24, neighbourTop1: 0.22, neighbourTop5: 0.43, tokens: 18_610 },
  shrinkage: { leftAlone: 32, rightAlone: 32, left: 16, right: 8, both: 4, leftShare: 0.5 },
};

const look = heldOutPoint({
  ...{ documentError: 0.05, top1: 0.25, top5: 0.5, bitsPerByte: 2, calibrationError: 0.02 },
  ...{ standardError: 0.05, tokens: 2000, draws: 2 },
});

/** @param changes to the summary */
export function testRunRecord(name: string, changes: Partial<RunSummary> = {}): RunRecord {
  const log = createMetricsLog();
  const point = trainPoint({ maskedAccuracy: 0.2, learningRate: 0.001, gradientNorm: 1.5, tokensPerSecond: 1234 });
  log.train.append(
    Array.from({ length: STEPS }, (_, step) => ({
      ...point,
      step,
      loss: 6 - (2.5 * step) / STEPS,
      elapsedMs: 50 * step,
    })),
  );
  log.heldOut.append(LOOKS.map((loss, index) => ({ ...look, step: 100 * index, loss })));
  const heldOut = {
    ...look,
    step: STEPS,
    loss: 3.88,
    standardError: 0.018,
    tokens: 18_610,
    wordAccuracy: 0.2,
    draws: 39,
  };
  log.heldOut.append([heldOut]);
  const summary: RunSummary = {
    ...{
      steps: STEPS,
      seconds: 61,
      backend: 'wasm',
      adapter: 'wasm',
      tokensPerSecond: 5000,
      dataWaitShare: 0,
    },
    ...{
      trainLoss: 3.6,
      firstHeldOutLoss: 6.1,
      weightsStep: STEPS,
      endedEarly: false,
      vocabSize: 1024,
      parameters: 554_240,
    },
    ...{ heldOut, reference },
    ...changes,
  };
  const config = { ...DEFAULT_CONFIG, training: { ...DEFAULT_CONFIG.training, steps: STEPS, seed: 7 } };
  return { id: 1, storedId: null, name, config, corpus: null, log, reference, summary };
}
