/**
 * What a run that goes on needs: the files of an opened model outlive the worker, and AdamW's moments come with the weights
 * that they belong to. On plain tfjs, over the memory that stands for a browser's storage.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { asFolder, extendedBundle, SMALL_MODEL } from '../../../test/bundles.ts';
import { configForPreset, type TrainingConfig } from '../../core/config.ts';
import { type BundleSource, openSource, readFile } from '../../files/bundleSource.ts';
import { DEFAULT_EXPORT, type ExportOptions } from '../../files/exportOptions.ts';
import { sizesOf } from '../../files/fileLayout.ts';
import { readBundle } from '../../files/readBundle.ts';
import { floatsOf, readSafetensors } from '../../files/safetensors.ts';
import type { KeptState } from '../events.ts';
import { commands } from './commands.ts';
import { createSession, type SessionState } from './session.ts';

const PRESET = configForPreset('micro');
const TEXT = Array.from({ length: 80 }, (_, line) => `The line ${line} of a text is long enough.`).join('\n');

// Node 20 has none; what is asked of it here is whether there is a graphics card.
beforeAll(() => void vi.stubGlobal('navigator', {}));

interface Prepared {
  readonly state: SessionState;
  /** Resolves when a run was saved after its first step. */
  readonly kept: Promise<KeptState>;
}

/** @param pauses whether a run pauses as soon as it has taken steps */
async function prepare({ pauses = false } = {}): Promise<Prepared> {
  let noteKept: (state: KeptState) => void = () => undefined;
  const kept = new Promise<KeptState>((resolve) => {
    noteKept = resolve;
  });
  const state: SessionState = createSession((event, payload) => {
    if (event === 'run.kept' && ((payload as KeptState).step ?? 0) > 0) noteKept(payload as KeptState);
    if (pauses && event === 'train.metrics' && (state.run?.state.step ?? 0) > 0) void commands['train.pause'](state);
  });
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['data.load'](state, {
    source: { kind: 'paste', text: TEXT },
    config: { heldOutShare: 0, splitSeed: 1 },
  });
  return { state, kept };
}

function sizes(changes: Partial<TrainingConfig>) {
  const settings = { steps: 12, warmupSteps: 2, batchSize: 4, logEvery: 2, evalEvery: 0, saveEvery: 0 };
  return {
    model: SMALL_MODEL,
    pipeline: { ...PRESET.pipeline, seqLength: 14 },
    training: { ...PRESET.training, ...settings, ...changes },
  };
}

async function exported(state: SessionState, options: Partial<ExportOptions> = {}): Promise<BundleSource> {
  const blob = await commands['export.zip'](
    state,
    { name: 'further', options: { ...DEFAULT_EXPORT, ...options } },
    new AbortController().signal,
  );
  if (blob === null) throw new Error('it was cancelled');
  return openSource({ kind: 'zip', name: 'further.zip', blob });
}

/** Every tensor of a file of the bundle. */
async function tensorsOf(source: BundleSource, path: string): Promise<Record<string, number[]>> {
  const tensors = readSafetensors(path, await readFile(source, path, 2 ** 24));
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, [...floatsOf(path, name, tensor)]]));
}

describe('a run that goes on from an opened model', () => {
  it('is kept with the model’s own files, and ends as if nothing had happened', async () => {
    const { files, weights } = await extendedBundle();
    const run = { ...sizes({ steps: 60, learningRate: 0.01 }), start: 'opened', keepAs: 'Further' } as const;
    const whole = await prepare();
    await commands['model.open'](whole.state, { origin: asFolder(files) });
    await commands['train.start'](whole.state, run);
    const expected = await exported(whole.state);

    const dies = await prepare({ pauses: true });
    await commands['model.open'](dies.state, { origin: asFolder(files) });
    const asked = await commands['tokenizer.encode'](dies.state, { text: 'the[USER] the' });
    void commands['train.start'](dies.state, { ...run, keepAs: 'Dies' });
    await dies.kept;

    const { state } = await prepare();
    const stored = (await commands['runs.list']()).runs.find(({ name }) => name === 'Dies');
    expect(stored).toMatchObject({ phase: 'paused', problem: null });
    expect(stored?.step).toBeLessThan(60);
    await commands['runs.open'](state, { id: stored?.id ?? '' });
    expect(await commands['tokenizer.encode'](state, { text: 'the[USER] the' })).toEqual(asked);
    expect(asked.map(({ id }) => id)).toContain(264);
    await commands['train.continue'](state);
    const source = await exported(state);
    expect(await tensorsOf(source, 'model.safetensors')).toEqual(await tensorsOf(expected, 'model.safetensors'));

    const bundle = await readBundle(source, 2 ** 24);
    const { layout } = bundle;
    expect(layout && sizesOf(layout, 4, 265)).toEqual({ vocabSize: 272, padId: 1, tokenTypes: 3 });
    expect(layout?.unusedTypes).toEqual(
      weights.get('roberta.embeddings.token_type_embeddings.weight')?.slice(SMALL_MODEL.hiddenSize),
    );
    expect(bundle.documents.get('README.md')).toContain('those of “my-bert”; it was trained further');
    // It has learned something on the way.
    expect(bundle.weights.get('lm_head.bias')).not.toEqual(weights.get('lm_head.bias'));
  });
});

describe('AdamW’s moments', () => {
  const LEARNS = { learningRate: 0.01, keepWeights: 'last' } as const;

  async function train(title: string, averageDecay: number): Promise<SessionState> {
    const { state } = await prepare();
    await commands['tokenizer.train'](
      state,
      { config: { vocabSize: 300, minFrequency: 2 } },
      new AbortController().signal,
    );
    await commands['train.start'](state, { ...sizes({ ...LEARNS, averageDecay }), keepAs: title });
    return state;
  }

  it('come with the last step’s weights where the run ended with others, also once it was read from storage', async () => {
    const withMoments = { extras: ['optimizer'] } as const;
    const last = await exported(await train('Last', 0), withMoments);
    const moments = await tensorsOf(last, 'optimizer.safetensors');
    expect(Object.keys(moments).filter((name) => name.startsWith('weights.'))).toEqual([]);

    // The average of the weights changes nothing of the training, and is what the run ends with.
    const averaged = await exported(await train('Average', 0.9), withMoments);
    const weights = await tensorsOf(last, 'model.safetensors');
    expect(await tensorsOf(averaged, 'model.safetensors')).not.toEqual(weights);
    const named = Object.fromEntries(Object.entries(weights).map(([name, values]) => [`weights.${name}`, values]));
    const together = await tensorsOf(averaged, 'optimizer.safetensors');
    expect(together).toEqual({ ...moments, ...named });
    expect(together['step']).toEqual([12]);

    const id = (await commands['runs.list']()).runs.find(({ name }) => name === 'Average')?.id ?? '';
    const { state } = await prepare();
    await commands['runs.open'](state, { id });
    expect(await tensorsOf(await exported(state, withMoments), 'optimizer.safetensors')).toEqual(together);
  });
});
