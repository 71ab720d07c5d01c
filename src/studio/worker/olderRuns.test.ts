/**
 * Runs that were kept by versions before: format 1 by that of 2026-11-24, format 2 by 0.1.0, each paused after ten of 24
 * steps. They open with their weights and figures, and go on to the weights that the version that wrote them ended with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { distance } from '../../../test/tensors.ts';
import { openStore } from '../../files/storage/fileStore.ts';
import { commands } from './commands.ts';
import { createSession, type SessionState } from './session.ts';

interface Expected {
  readonly step: number;
  readonly points: number;
  /** The first numbers of every parameter. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /** As the run ended in the version that wrote it, without a pause. */
  readonly weightsAtTheEnd?: Readonly<Record<string, readonly number[]>>;
}

const FOLDER = join(import.meta.dirname, '../../../test/golden/checkpoints');
/** Of float32 numbers that were written with nine digits, and of plain JavaScript's functions in another version of Node. */
const TOLERANCE = 1e-6;

/** Softmax does not see a shift of all keys: what these learn is rounding noise, other noise with the kernels of another version. */
const KEY_BIAS = /attention\.self\.key\.bias$/;

// Node 20 has none; what is asked of it here is whether there is a graphics card.
beforeAll(() => void vi.stubGlobal('navigator', {}));

async function keptRun(format: string): Promise<Expected> {
  const store = await openStore();
  for (const name of readdirSync(join(FOLDER, format))) {
    if (name !== 'expected.json')
      await store.write(format, name, new Uint8Array(readFileSync(join(FOLDER, format, name))));
  }
  return JSON.parse(readFileSync(join(FOLDER, format, 'expected.json'), 'utf8')) as Expected;
}

async function expectWeights({ model }: SessionState, expected: Expected['weights'], but?: RegExp): Promise<void> {
  const weights = (await model?.roberta.readWeights()) ?? new Map<string, Float32Array>();
  expect([...weights.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const read = weights.get(name)?.subarray(0, values.length) ?? [];
    if (!but?.test(name)) expect(distance(read, values), name).toBeLessThan(TOLERANCE);
  }
}

test.each(['format-1', 'format-2'])('a run of %s opens with its weights and figures', async (format) => {
  const expected = await keptRun(format);
  const state = createSession(() => undefined);
  await commands['device.probe'](state, { choice: 'cpu' });
  const { runs } = await commands['runs.list']();
  expect(runs.find(({ id }) => id === format)).toMatchObject({ name: 'Kept', step: 10, problem: null });
  const opened = await commands['runs.open'](state, { id: format });
  expect(opened.notices).toEqual([expect.stringContaining('kernels of version 1')]);
  expect(opened.state).toMatchObject({ phase: 'interrupted', step: expected.step });
  expect(state.model?.points).toHaveLength(expected.points);
  await expectWeights(state, expected.weights);
  if (expected.weightsAtTheEnd === undefined) return;
  await commands['train.continue'](state);
  expect(state.run?.state).toMatchObject({ phase: 'finished', step: 24 });
  await expectWeights(state, expected.weightsAtTheEnd, KEY_BIAS);
});
