/**
 * A loss that stops being a number: the run stops with the weights from before it, says so, and what is kept can be opened.
 * A learning rate of 10 does it, with a weight decay that makes each step multiply the weights by −4. Without the decay the
 * loss rises to thousands of nats and stays a number: AdamW's steps are of one size, and LayerNorm holds the rest.
 */
import { beforeAll, expect, it, vi } from 'vitest';
import { refusalOf } from '../../../test/refusalOf.ts';
import { configForPreset, type TrainingConfig } from '../../core/config.ts';
import { describeError } from '../../core/errorSentences.ts';
import type { StudioError } from '../../core/errors.ts';
import type { TrainPoint } from '../../core/metrics.ts';
import type { TrainMetrics } from '../events.ts';
import { commands } from './commands.ts';
import { createSession, type SessionState } from './session.ts';

const PRESET = configForPreset('micro');
const MODEL = { ...PRESET.model, hiddenSize: 16, intermediateSize: 32 };
const TEXT = Array.from({ length: 80 }, (_, line) => `Line ${line} of a text that is long enough.`).join('\n');
const RATE = {
  learningRate: 10,
  weightDecay: 0.5,
  schedule: 'constant',
  warmupSteps: 0,
  keepWeights: 'last',
} as const;

// Node 20 has none; what is asked of it here is whether there is a graphics card.
beforeAll(() => void vi.stubGlobal('navigator', {}));

async function train(changes: Partial<TrainingConfig>, keepAs: string | null) {
  const points: TrainPoint[] = [];
  const state = createSession((event, payload) => {
    if (event === 'train.metrics') points.push(...(payload as TrainMetrics).points);
  });
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['data.load'](state, {
    source: { kind: 'paste', text: TEXT },
    config: { heldOutShare: 0, splitSeed: 1 },
  });
  await commands['tokenizer.train'](
    state,
    { config: { vocabSize: 300, minFrequency: 2 } },
    new AbortController().signal,
  );
  const settings = { steps: 60, batchSize: 2, logEvery: 2, evalEvery: 0, saveEvery: 0 };
  const training = { ...PRESET.training, ...settings, ...RATE, ...changes };
  const run = { model: MODEL, pipeline: { ...PRESET.pipeline, seqLength: 16 }, training, keepAs };
  const error = await refusalOf(commands['train.start'](state, run));
  return { state, points, error };
}

async function weightsOf({ model }: SessionState): Promise<[string, Float32Array][]> {
  return [...((await model?.roberta.readWeights()) ?? [])];
}

it('ends a run that diverges with the weights from before that step, and a sentence', async () => {
  const { state, points, error } = await train({}, 'Broken');
  expect(error?.code).toBe('nonFinite');
  const broken = points.find(({ loss, gradientNorm }) => !Number.isFinite(loss) || !Number.isFinite(gradientNorm));
  expect(broken?.step).toBeGreaterThan(3);
  expect(state.run?.state).toMatchObject({ phase: 'failed', error: { code: 'nonFinite' } });
  const { what, remedy } = describeError((error as StudioError).toPlain());
  expect(what).toBe(
    `The loss became NaN or infinite at step ${broken?.step}. The weights from before that step are kept.`,
  );
  expect(remedy).toMatch(/^Lower the learning rate/);

  const kept = await weightsOf(state);
  expect(kept.every(([, values]) => values.every(Number.isFinite))).toBe(true);
  // A run that was told to end right before that step has the same.
  const before = await train({ steps: broken?.step ?? 0 }, null);
  expect(before.error).toBeNull();
  expect(kept).toEqual(await weightsOf(before.state));

  const stored = (await commands['runs.list']()).runs.find(({ name }) => name === 'Broken');
  expect(stored).toMatchObject({ phase: 'failed', problem: null });
  const opened = await commands['runs.open'](before.state, { id: stored?.id ?? '' });
  expect(opened.state.phase).toBe('failed');
  expect(await weightsOf(before.state)).toEqual(kept);
});

it('does not end one whose loss is only high', async () => {
  const { error, points } = await train({ weightDecay: 0.1, steps: 20 }, null);
  expect(error).toBeNull();
  expect(Math.max(...points.map(({ loss }) => loss))).toBeGreaterThan(50);
});
