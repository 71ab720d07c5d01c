/** A loss that stops being a number: the run stops with the weights from before it, says so, and what is kept can be opened. */
import { expect, it, vi } from 'vitest';
import { configForPreset } from '../core/config.ts';
import { describeError } from '../core/errorSentences.ts';
import { StudioError } from '../core/errors.ts';
import { loadData } from './handlers/data.ts';
import { drawModel, probe } from './handlers/model.ts';
import { listRuns, openRun } from './handlers/runs.ts';
import { trainTokenizer } from './handlers/tokenizer.ts';
import { RunKeeper } from './runKeeper.ts';
import { createSession } from './session.ts';
import { openStore } from './storage/openStore.ts';
import { TrainingRun } from './trainingRun.ts';

const { model, pipeline, training } = configForPreset('micro');
const TEXT = Array.from({ length: 80 }, (_, line) => `Line ${line} of a text that is long enough.`).join('\n');

it('ends the run with finite weights and a sentence', async () => {
  vi.stubGlobal('navigator', {});
  const state = createSession(() => undefined);
  await probe(state, { choice: 'cpu' });
  await loadData(state, { source: { kind: 'paste', text: TEXT }, config: { heldOutShare: 0, splitSeed: 1 } });
  await trainTokenizer(state, { config: { vocabSize: 300, minFrequency: 2 } });
  const settings = { steps: 20, warmupSteps: 0, batchSize: 4, logEvery: 2, saveEvery: 0 };
  const sizes = { model, pipeline: { ...pipeline, seqLength: 16 }, training: { ...training, ...settings } };
  const live = drawModel(state, sizes);
  // Their squares are beyond what 32 bits hold, as after a learning rate far too high.
  const weights = new Map(
    [...(await live.roberta.readWeights())].map(([name, values]) => [name, values.map((x) => 1e30 * x)]),
  );
  live.roberta.writeWeights(weights);
  const run = { id: 'broken', title: 'Broken', createdMs: 1, from: null, number: 0 };
  const freeBytes = async (): Promise<number> => Number.POSITIVE_INFINITY;
  const keeper = new RunKeeper({ store: await openStore(), run, everySeconds: 0, emit: state.emit, freeBytes });
  const trainingRun = new TrainingRun(live, state.emit, { keeper });
  const error = await trainingRun.train().then(
    () => null,
    (thrown: unknown) => StudioError.from(thrown),
  );
  expect(error?.code).toBe('nonFinite');
  expect(trainingRun.state).toMatchObject({ phase: 'failed', error: { code: 'nonFinite' } });
  const { what, remedy } = describeError((error as StudioError).toPlain());
  expect(`${what} ${remedy}`).toMatch(
    /^The loss stopped being a number at step \d+\. The weights from before that step are kept\. Lower the learning rate/,
  );
  expect([...(await live.roberta.readWeights())]).toEqual([...weights]);
  expect((await listRuns()).runs).toMatchObject([{ id: 'broken', phase: 'failed', problem: null }]);
  const opened = await openRun(state, { id: 'broken' });
  expect(opened.state).toMatchObject({ phase: 'failed', step: live.step });
  expect([...((await state.model?.roberta.readWeights()) ?? [])]).toEqual([...weights]);
}, 120_000);
