/**
 * A device that goes away in the middle of a step, with the engine on the page itself, where the device can be reached. There
 * runs are kept in IndexedDB, since the page has no file handles that write at once.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { webgpuBackend } from '../../compute/webgpu/variables.ts';
import { configForPreset } from '../../core/config.ts';
import { openStore } from '../../files/storage/fileStore.ts';
import type { Events, RunPhase } from '../events.ts';
import { commands } from './commands.ts';
import { createSession, type SessionState } from './session.ts';

const PRESET = configForPreset('micro');
/** Small, since a software adapter takes minutes to compile it: once for each device. */
const CONFIG = {
  model: { ...PRESET.model, hiddenSize: 16, intermediateSize: 32 },
  pipeline: { ...PRESET.pipeline, seqLength: 16 },
  training: { ...PRESET.training, steps: 40, batchSize: 4, warmupSteps: 2, logEvery: 2, evalEvery: 0, saveEvery: 1 },
};
const TEXT = Array.from({ length: 60 }, (_, line) => `Line ${line} of a text that is read again and again.`).join('\n');

interface Watched {
  readonly state: SessionState;
  readonly phases: RunPhase[];
  /** Called with each event. */
  listener: <E extends keyof Events>(event: E, payload: Events[E]) => void;
}

async function prepare(): Promise<Watched> {
  const phases: RunPhase[] = [];
  const watched: Watched = {
    phases,
    listener: () => undefined,
    state: createSession((event, payload) => {
      if (event === 'train.state') phases.push((payload as Events['train.state']).phase);
      watched.listener(event, payload);
    }),
  };
  await commands['device.probe'](watched.state, { choice: 'webgpu' });
  await commands['data.load'](watched.state, {
    source: { kind: 'paste', text: TEXT },
    config: { heldOutShare: 0, splitSeed: 1 },
  });
  await commands['tokenizer.train'](
    watched.state,
    { config: { vocabSize: 300, minFrequency: 2 } },
    new AbortController().signal,
  );
  return watched;
}

async function deleteAll(): Promise<void> {
  for (const { id } of (await commands['runs.list']()).runs)
    await commands['runs.delete'](
      createSession(() => undefined),
      { id },
    );
}

beforeEach(deleteAll);
afterEach(deleteAll);
afterEach(() => void vi.restoreAllMocks());

it('ends in a run that stands still, and goes on from the last saved step to the same bits', async () => {
  expect((await openStore()).kind).toBe('indexeddb');
  const whole = await prepare();
  await commands['train.start'](whole.state, { ...CONFIG, keepAs: null });
  const expected = await whole.state.model?.roberta.readWeights();

  const lost = await prepare();
  let savedStep = -1;
  let aheadMs = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
  lost.listener = (event, payload) => {
    if (event === 'run.kept') savedStep = (payload as Events['run.kept']).step ?? -1;
    // The next save is due, and the next figures.
    if (event === 'train.metrics') aheadMs += 2000;
    if (event === 'train.metrics' && savedStep > 0) webgpuBackend()?.device.destroy();
  };
  const run = commands['train.start'](lost.state, { ...CONFIG, keepAs: 'Lost' });
  await expect(run).rejects.toMatchObject({ code: 'deviceLost' });
  expect(lost.phases.at(-1)).toBe('interrupted');
  expect(savedStep).toBeGreaterThan(0);

  lost.listener = () => undefined;
  const [stored] = (await commands['runs.list']()).runs;
  expect(stored).toMatchObject({ name: 'Lost', phase: 'running', inUse: false, problem: null });
  const opened = await commands['runs.open'](lost.state, { id: stored?.id ?? '' });
  expect(opened).toMatchObject({ notices: [], device: { active: 'webgpu' } });
  expect((await commands['train.continue'](lost.state)).steps).toBe(CONFIG.training.steps);
  expect([...((await lost.state.model?.roberta.readWeights()) ?? [])]).toEqual([...(expected ?? [])]);
});

it('says so when what computed before can’t be had, and goes on with the nearest', async () => {
  const { state } = await prepare();
  await commands['train.start'](state, { ...CONFIG, training: { ...CONFIG.training, steps: 2 }, keepAs: 'Elsewhere' });
  const gpu = navigator.gpu;
  Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true });
  try {
    const opened = await commands['runs.open'](state, { id: (await commands['runs.list']()).runs[0]?.id ?? '' });
    expect(opened.device.active).toBe('wasm');
    expect(opened.notices).toEqual([
      expect.stringMatching(/trained with WebGPU on .* isn’t available now; .* WebAssembly/),
    ]);
  } finally {
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  }
});
