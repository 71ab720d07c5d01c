import { describe, expect, it } from 'vitest';
import { heldOutPoint } from '../../../test/points.ts';
import { until } from '../../../test/until.ts';
import { type ConfigPart, configForPreset, DEFAULT_CONFIG } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { CorpusSummary } from '../../steps/data/dataCommands.ts';
import { readSweep } from '../../steps/train/sweepState.ts';
import type { RunSummary } from '../../steps/train/trainCommands.ts';
import type { Command, EngineClient, Params, Result } from '../client.ts';
import type { RunState } from '../events.ts';
import { configProblems } from './limits.ts';
import { selectFailed, selectSettingsLocked, selectUnsaved } from './selectors.ts';
import { createStudio } from './studio.ts';
import type { Studio } from './studioState.ts';

type Answers = { [C in Command]?: (params: Params<C>) => Result<C> | Promise<Result<C>> };

/** An engine that answers what the test says, and remembers what it was asked. */
function scriptedEngine(answers: Answers): EngineClient & { readonly asked: string[]; readonly cancelled: string[] } {
  const asked: string[] = [];
  const cancelled: string[] = [];
  return {
    asked,
    cancelled,
    call: async (command, ...[params]) => {
      asked.push(command);
      const answer = answers[command] as ((params: unknown) => never) | undefined;
      if (!answer) throw new StudioError('internal', `no answer to ${command}`, {});
      return answer(params);
    },
    cancel: (...commands) => void cancelled.push(...commands),
    subscribe: () => () => {},
    dispose: () => {},
  };
}

const CORPUS: CorpusSummary = {
  sourceNames: ['a.txt'],
  sizeBytes: 100_000,
  characters: 100_000,
  samples: 2155,
  documents: 154,
  words: 17_000,
  distinctWords: 3000,
  wideCharacters: 0,
  frequentCharacters: 0,
  trainingDocuments: 139,
  heldOutDocuments: 15,
  trainingSamples: 1945,
  heldOutSamples: 210,
  longestSampleCharacters: 60,
  notices: [],
  readings: [],
  isSonnets: true,
  findings: [],
  repairs: [],
  isUndoable: true,
};

const RUN: RunSummary = {
  steps: 400,
  seconds: 180,
  backend: 'webgpu',
  adapter: 'a card',
  tokensPerSecond: 4000,
  dataWaitShare: 0.002,
  trainLoss: 5.2,
  firstHeldOutLoss: 6.93,
  weightsStep: 400,
  endedEarly: false,
  heldOut: heldOutPoint({ step: 400, loss: 5.31, standardError: 0.04, top1: 0.1, top5: 0.2 }),
  reference: null,
  vocabSize: 1024,
  parameters: 554_000,
};

const BATCH = {
  rows: 32,
  columns: 64,
  inputIds: new Int32Array(0),
  attentionMask: new Int32Array(0),
  labels: new Int32Array(0),
  originals: new Int32Array(0),
  chosen: new Uint8Array(0),
  texts: {},
  paddingShare: 0,
  rowsPerEpoch: 500,
  maskedShare: 0.15,
};

const ANSWERS: Answers = {
  'data.load': () => CORPUS,
  'data.split': () => CORPUS,
  'tokenizer.train': ({ config }) => ({
    vocabSize: config.vocabSize,
    requestedVocabSize: config.vocabSize,
    merges: 763,
    shortfall: null,
    elapsedMs: 300,
    trainingTokens: 30_000,
    heldOutTokens: 3000,
    bytesPerToken: 2.8,
    tokensPerWord: 1.6,
  }),
  'pipeline.preview': () => BATCH,
  'device.probe': () => ({
    backends: [],
    active: 'webgpu',
    choice: 'auto',
    reason: '',
    adapter: 'a card',
    isFallbackAdapter: false,
    plan: {
      version: 2,
      backend: 'wasm',
      adapter: 'wasm',
      fused: true,
      kernelStyle: null,
      kernelVariant: 'simd',
      threads: 1,
    },
  }),
  'model.create': () => ({ parameters: 554_000, vocabSize: 1024, sizeBytes: 4 * 554_000 }),
  'model.calibrate': () => ({ msPerStep: 375, tokensPerSecond: 4500, steps: 3 }),
  'train.start': () => RUN,
  'test.suggestions': () => [{ text: 'Shall I <mask> thee to a summer’s day?', hidden: ['compare'], heldOut: true }],
  'test.fillWords': () => ({
    masks: [[{ word: 'compare', ids: [300], probability: 0.4 }]],
    tokens: 12,
    elapsedMs: 5,
    step: 400,
  }),
};

const settled = (studio: Studio): Promise<void> =>
  until(studio, ({ oneClick }) => oneClick?.phase !== 'walking' && oneClick?.phase !== 'cancelling');

async function trained(): Promise<{ studio: Studio; engine: ReturnType<typeof scriptedEngine> }> {
  const engine = scriptedEngine(ANSWERS);
  const studio = createStudio(engine);
  studio.getState().actions.trainWithDefaults();
  await settled(studio);
  return { studio, engine };
}

describe('the batch of step Pipeline', () => {
  it('is not taken for that of settings which changed while it was drawn', async () => {
    let answer = (): void => {};
    const engine = scriptedEngine({
      ...ANSWERS,
      'pipeline.preview': () => new Promise((resolve) => (answer = () => resolve(BATCH))),
    });
    const studio = createStudio(engine);
    const { actions } = studio.getState();
    const drawn = actions.drawBatch();
    actions.configure('pipeline', { seqLength: 32 });
    answer();
    expect(await drawn).toBe(false);
    expect(studio.getState().steps.pipeline.result).not.toBe('fresh');
    const again = actions.drawBatch();
    answer();
    expect(await again).toBe(true);
    expect(studio.getState().steps.pipeline.result).toBe('fresh');
  });
});

describe('a sweep', () => {
  it('trains once for each value and leaves the settings as they were', async () => {
    const rates: number[] = [];
    const states: ((state: RunState) => void)[] = [];
    const scripted = scriptedEngine({
      ...ANSWERS,
      'train.start': ({ training }) => {
        rates.push(training.learningRate);
        const state = { phase: rates.length === 3 ? 'stopped' : 'finished', step: 400, steps: 400 } as const;
        for (const tell of states) tell({ ...state, epoch: 1, elapsedMs: 1, dataWaitShare: 0, error: null });
        return RUN;
      },
    });
    const engine: EngineClient = {
      ...scripted,
      subscribe: (event, listener) => {
        if (event === 'train.state') states.push(listener as (state: RunState) => void);
        return () => {};
      },
    };
    const studio = createStudio(engine);
    const before = studio.getState().config;
    await studio.getState().actions.startSweep('training.learningRate', [0.001, 0.002, 0.004, 0.008]);
    // The third one was stopped: it is the last.
    expect(rates).toEqual([0.001, 0.002, 0.004]);
    expect(studio.getState().train.runs).toHaveLength(3);
    expect(studio.getState().config).toEqual(before);
    expect(studio.getState().sweep).toBeNull();
  });

  it('keeps the run with the lowest held-out loss on the device, and the figures of all', async () => {
    const losses = [5, 4.5, 4.8];
    const stored: string[] = [];
    const deleted: string[] = [];
    const shown: string[] = [];
    const listeners = new Map<string, ((payload: unknown) => void)[]>();
    const tell = (event: string, payload: object): void => {
      for (const listener of listeners.get(event) ?? []) listener(payload);
    };
    const scripted = scriptedEngine({
      ...ANSWERS,
      'train.start': () => {
        const id = `run-${stored.length}`;
        stored.push(id);
        tell('run.kept', { id, step: 400, savedMs: 1, lasting: true, problem: null });
        tell('train.state', {
          phase: 'finished',
          step: 400,
          steps: 400,
          epoch: 1,
          elapsedMs: 1,
          dataWaitShare: 0,
          error: null,
        });
        return { ...RUN, heldOut: heldOutPoint({ step: 400, loss: losses[stored.length - 1] ?? Number.NaN }) };
      },
      'runs.delete': ({ id }) => {
        deleted.push(id);
        return { runs: [], lasting: true, freeBytes: null };
      },
      'runs.open': ({ id }) => {
        shown.push(id);
        throw new StudioError('runMissing', id);
      },
    });
    const engine: EngineClient = {
      ...scripted,
      subscribe: (event, listener) => {
        listeners.set(event, [...(listeners.get(event) ?? []), listener as (payload: unknown) => void]);
        return () => {};
      },
    };
    const studio = createStudio(engine);
    await studio.getState().actions.startSweep('training.learningRate', [0.001, 0.002, 0.004]);
    expect(deleted).toEqual(['run-0', 'run-2']);
    // The best one takes the place of the last.
    expect(shown).toEqual(['run-1']);
    const { runs, kept } = studio.getState().train;
    expect(runs.map(({ storedId }) => storedId)).toEqual([null, 'run-1', null]);
    expect(runs.map(({ summary }) => summary?.heldOut?.loss)).toEqual(losses);
    // The line that says when the run was saved is of the last one.
    expect(kept).toBeNull();
  });

  it('reads what was typed, or says what is wrong with it', () => {
    const config = configForPreset('tiny');
    expect(readSweep(config, 'training.learningRate', '1e-3, 2e-3; 0.004')).toEqual([0.001, 0.002, 0.004]);
    expect(readSweep(config, 'training.schedule', 'linear cosine')).toEqual(['linear', 'cosine']);
    expect(readSweep(config, 'training.learningRate', '0.001')).toContain('two values');
    expect(readSweep(config, 'training.steps', '1 2 3 4 5 6 7 8 9')).toContain('at most 8 values');
    expect(readSweep(config, 'training.learningRate', '0.001, 70')).toContain('Learning rate must be');
    expect(readSweep(config, 'model.numAttentionHeads', '4, 5')).toContain('divide the hidden size');
    expect(readSweep(config, 'training.steps', '100, 100')).toContain('only once');
  });
});

describe('train with the defaults', () => {
  it('walks through the steps and ends at Test with a prediction', async () => {
    const { studio, engine } = await trained();
    const { oneClick, currentStep, test, config, steps } = studio.getState();
    expect(oneClick?.phase).toBe('finished');
    expect(currentStep).toBe('test');
    expect(test.answer).toMatchObject({ unit: 'words', result: { masks: [[{ word: 'compare' }]] } });
    expect(test.hidden).toEqual(['compare']);
    expect(steps.test.line).toBe('Top prediction: “compare”');
    expect(config.training).toMatchObject({ steps: 400, warmupSteps: 40 });
    expect(steps.train.line).toBe('held-out loss 5.31 after 400 steps');
    expect(engine.asked.filter((command) => command === 'train.start')).toHaveLength(1);
    expect(engine.asked.indexOf('model.calibrate')).toBeLessThan(engine.asked.indexOf('model.create'));
  });

  it('keeps a text that is loaded', async () => {
    const engine = scriptedEngine(ANSWERS);
    const studio = createStudio(engine);
    studio.getState().actions.loadData({ kind: 'paste', text: 'x' });
    await until(studio, ({ steps }) => steps.data.result === 'fresh');
    studio.getState().actions.trainWithDefaults();
    await settled(studio);
    expect(engine.asked.filter((command) => command === 'data.load')).toHaveLength(1);
  });

  it('stops at the step that fails, which keeps its error', async () => {
    const engine = scriptedEngine({
      ...ANSWERS,
      'model.create': () => {
        throw new StudioError('modelTooLarge', 'too large', {});
      },
    });
    const studio = createStudio(engine);
    studio.getState().actions.trainWithDefaults();
    await settled(studio);
    const { oneClick, currentStep, steps } = studio.getState();
    expect(oneClick?.phase).toBe('failed');
    expect(currentStep).toBe('model');
    expect(steps.model.error?.code).toBe('modelTooLarge');
    expect(engine.asked).not.toContain('train.start');
  });

  it('ends well where no line of the text can be asked about', async () => {
    const engine = scriptedEngine({ ...ANSWERS, 'test.suggestions': () => [] });
    const studio = createStudio(engine);
    studio.getState().actions.trainWithDefaults();
    await settled(studio);
    expect(studio.getState().oneClick?.phase).toBe('finished');
    expect(studio.getState().test.text).toBe('');
    expect(engine.asked).not.toContain('test.fillWords');
  });

  it('can be cancelled', async () => {
    const engine = scriptedEngine({
      ...ANSWERS,
      'tokenizer.train': () => {
        studio.getState().actions.cancelOneClick();
        return null;
      },
    });
    const studio = createStudio(engine);
    studio.getState().actions.trainWithDefaults();
    await settled(studio);
    expect(studio.getState().oneClick?.phase).toBe('cancelled');
    expect(engine.cancelled).toContain('tokenizer.train');
    expect(engine.asked).not.toContain('pipeline.preview');
  });
});

describe('a change after training', () => {
  it('asks first, and changes nothing until the answer', async () => {
    const { studio } = await trained();
    const { actions, config } = studio.getState();
    actions.configure('tokenizer', { vocabSize: 1024 });
    expect(studio.getState().config.tokenizer).toEqual(config.tokenizer);
    expect(studio.getState().pendingChange?.step).toBe('tokenizer');
    actions.cancelChange();
    expect(studio.getState().steps.train.result).toBe('fresh');
    actions.configure('tokenizer', { vocabSize: 1024 });
    actions.confirmChange();
    expect(studio.getState().config.tokenizer.vocabSize).toBe(1024);
    expect(studio.getState().steps.data.result).toBe('fresh');
    expect(studio.getState().steps.train.result).toBe('stale');
    actions.configure('tokenizer', { vocabSize: 4096 });
    expect(studio.getState().pendingChange).toBeNull();
  });

  it('does not ask about the settings of the next run', async () => {
    const { studio } = await trained();
    studio.getState().actions.configure('training', { steps: 10 });
    expect(studio.getState().pendingChange).toBeNull();
    expect(studio.getState().steps.train.result).toBe('fresh');
  });
});

describe('settings that belong together', () => {
  it('lets the positions follow the sequence length', () => {
    const studio = createStudio(scriptedEngine({}));
    studio.getState().actions.configure('pipeline', { seqLength: 100 });
    expect(studio.getState().config.model.maxPositionEmbeddings).toBe(102);
  });

  it('keeps more positions than needed', () => {
    const studio = createStudio(scriptedEngine({}));
    const { actions } = studio.getState();
    actions.configure('model', { maxPositionEmbeddings: 514 });
    actions.configure('pipeline', { seqLength: 100 });
    expect(studio.getState().config.model.maxPositionEmbeddings).toBe(514);
  });
});

describe('a text that can’t be read', () => {
  it('leaves the one before in place, beside the error', async () => {
    let good = true;
    const engine = scriptedEngine({
      'data.load': () => {
        if (good) return CORPUS;
        throw new StudioError('dataBinary', 'binary', { name: 'b.bin' });
      },
    });
    const studio = createStudio(engine);
    const load = (): void => studio.getState().actions.loadData({ kind: 'files', files: [] });
    load();
    await until(studio, ({ steps }) => steps.data.result === 'fresh');
    good = false;
    load();
    await until(studio, ({ steps }) => steps.data.error !== null);
    const { data, steps } = studio.getState();
    expect(steps.data.error?.code).toBe('dataBinary');
    expect(steps.data.result).toBe('fresh');
    expect(data.summary).toBe(CORPUS);
  });
});

describe('a text that takes the place of the one before', () => {
  const JAPANESE = { ...CORPUS, characters: 10_000, wideCharacters: 9000, frequentCharacters: 400, isSonnets: false };
  const load = async (studio: Studio): Promise<void> => {
    const { version } = studio.getState().data;
    studio.getState().actions.loadData({ kind: 'paste', text: 'x' });
    await until(studio, ({ data }) => data.version > version);
  };

  it('brings its vocabulary size along, unless one was typed', async () => {
    const studio = createStudio(scriptedEngine({ 'data.load': () => JAPANESE }));
    await load(studio);
    expect(studio.getState().config.tokenizer.vocabSize).toBe(1408);
    studio.getState().actions.configure('tokenizer', { vocabSize: 999 });
    await load(studio);
    expect(studio.getState().config.tokenizer.vocabSize).toBe(999);
  });

  it('brings the settings of a long text along, and a short one takes them back', async () => {
    const texts = [{ ...JAPANESE, characters: 1_000_000 }, JAPANESE, { ...JAPANESE, characters: 1_000_000 }];
    const studio = createStudio(scriptedEngine({ 'data.load': () => texts.shift() ?? JAPANESE }));
    const dropout = (): number => studio.getState().config.model.hiddenDropoutProb;
    await load(studio);
    expect(dropout()).toBe(0.1);
    studio.getState().actions.applyPreset('mini');
    expect(dropout()).toBe(0.1);
    await load(studio);
    expect(dropout()).toBe(0.3);
    studio.getState().actions.configure('model', { hiddenDropoutProb: 0.2 });
    await load(studio);
    expect(dropout()).toBe(0.2);
  });

  it('leaves the notebook’s recipe as it is', async () => {
    const studio = createStudio(scriptedEngine({ 'data.load': () => JAPANESE }));
    studio.getState().actions.applyPreset('notebook');
    const { config } = studio.getState();
    await load(studio);
    expect(studio.getState().config).toEqual(config);
  });

  it('is read before the question whether the trained model may get out of date', async () => {
    const { studio } = await trained();
    const { actions } = studio.getState();
    actions.loadData({ kind: 'paste', text: 'x' });
    await until(studio, ({ pendingChange }) => pendingChange !== null);
    expect(studio.getState().data.version).toBe(1);
    actions.confirmChange();
    await until(studio, ({ data }) => data.version === 2);
  });

  it('is not asked about where it can’t be read', async () => {
    let good = true;
    const engine = scriptedEngine({
      ...ANSWERS,
      'data.load': () => {
        if (good) return CORPUS;
        throw new StudioError('dataBinary', 'binary', { name: 'b.bin' });
      },
    });
    const studio = createStudio(engine);
    studio.getState().actions.trainWithDefaults();
    await settled(studio);
    good = false;
    studio.getState().actions.loadData({ kind: 'files', files: [] });
    await until(studio, ({ steps }) => steps.data.error !== null);
    expect(studio.getState().pendingChange).toBeNull();
    expect(studio.getState().steps.train.result).toBe('fresh');
  });
});

describe('the sentence of the Test step', () => {
  it('keeps no former answer beside a question that was refused', async () => {
    const { studio, engine } = await trained();
    expect(studio.getState().test.answer).not.toBeNull();
    Object.assign(engine, {
      call: () => Promise.reject(new StudioError('testTooLong', 'long', { tokens: 1301, maximum: 64 })),
    });
    await studio.getState().actions.fillMask();
    expect(studio.getState().test.answer).toBeNull();
  });

  it('leaves the step as it was when it is refused; an error of the engine does not', async () => {
    let code: 'testEmpty' | 'internal' = 'testEmpty';
    const studio = createStudio(
      scriptedEngine({
        'test.fillWords': () => {
          throw new StudioError(code, 'refused', {});
        },
      }),
    );
    await studio.getState().actions.fillMask();
    expect(studio.getState().steps.test.error?.code).toBe('testEmpty');
    expect(selectFailed(studio.getState(), 'test')).toBe(false);
    code = 'internal';
    await studio.getState().actions.fillMask();
    expect(selectFailed(studio.getState(), 'test')).toBe(true);
  });
});

describe('settings that are in use', () => {
  it('are locked, with the reason: those of a tokenizer or run under way, not the next run’s', async () => {
    const { studio } = await trained();
    const { train, steps } = studio.getState();
    const locked = (part: ConfigPart): string | null => selectSettingsLocked(studio.getState(), part);
    expect(locked('model')).toBeNull();
    studio.setState({ steps: { ...steps, tokenizer: { ...steps.tokenizer, busy: true } } });
    expect([locked('tokenizer'), locked('training')]).toEqual([null, null]);
    expect(locked('data')).toBe('Folio is busy with the Tokenizer step.');
    studio.setState({ steps: { ...steps, train: { ...steps.train, busy: true } } });
    expect(locked('training')).toBeNull();
    expect(locked('tokenizer')).toBe('Training is running. Stop it, or wait until it ends.');
    studio.setState({ train: { ...train, state: { ...train.state, phase: 'paused' } } });
    expect(locked('tokenizer')).toBe('Training is paused. Stop it, or resume it and wait until it ends.');
  });
});

describe('leaving the page', () => {
  it('would lose trained weights until they are exported', async () => {
    const { studio } = await trained();
    const { train, steps } = studio.getState();
    studio.setState({ train: { ...train, state: { ...train.state, step: 400 } } });
    expect(selectUnsaved(studio.getState())).toBe(true);
    studio.setState({ steps: { ...steps, export: { ...steps.export, result: 'fresh' } } });
    expect(selectUnsaved(studio.getState())).toBe(false);
  });
});

describe('heads that do not divide the hidden size', () => {
  it.each([
    [64, 3, '64: 2 or 4 would.'],
    [36, 5, '36: 4 or 6 would.'],
    [7, 100, '7: 7 would.'],
    [1e30, 3, `${1e30}.`],
  ])('of %d, %d: says which would', (hiddenSize, numAttentionHeads, end) => {
    const model = { ...DEFAULT_CONFIG.model, hiddenSize, numAttentionHeads };
    const problem = configProblems({ ...DEFAULT_CONFIG, model }).get('model.numAttentionHeads');
    expect(problem).toBe(`Attention heads must divide the hidden size, ${end}`);
  });
});
