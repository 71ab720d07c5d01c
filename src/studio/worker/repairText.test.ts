/** Repairs of a loaded text: made, taken back, and refused where they would leave too little. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { SMALL_MODEL } from '../../../test/bundles.ts';
import { configForPreset } from '../../core/config.ts';
import { documentLines } from '../../text/documentTable.ts';
import type { Emit, KeptState } from '../events.ts';
import { commands } from './commands.ts';
import { createSession } from './session.ts';

const { data: config } = configForPreset('micro');
const book = readFileSync(new URL('../../../e2e/cases/texts/pg00000.txt', import.meta.url), 'utf8');
const expected = readFileSync(new URL('../../../e2e/cases/expected/gutenberg-frame.txt', import.meta.url), 'utf8');

// Node 20 has none; what is asked of it here is whether there is a graphics card.
beforeAll(() => void vi.stubGlobal('navigator', {}));

async function load(text: string, emit: Emit = () => undefined) {
  const state = createSession(emit);
  const summary = await commands['data.load'](state, { source: { kind: 'paste', text }, config });
  const text_ = () => state.text?.corpus.sources.map((source) => source.text).join('\n') ?? '';
  return { state, summary, text: text_ };
}

describe('data.repair', () => {
  test('a repair changes the text, its documents and its split; taken back, it is as it was read', async () => {
    const { state, summary, text } = await load(book);
    expect(summary.findings).toMatchObject([{ name: 'frame', count: 17 }]);
    const before = text();
    const repaired = await commands['data.repair'](state, { names: ['frame'] });
    expect(text().trim()).toBe(expected.trim());
    expect(repaired).toMatchObject({ findings: [], documents: 12, samples: 48, isUndoable: true });
    expect(repaired.repairs).toEqual([{ name: 'frame', repaired: '17 lines of header, licence or notice removed' }]);
    expect(state.text?.split.heldOut).toHaveLength(12);
    expect(documentLines(state.text?.corpus as never, 0)[0]).toMatch(/^The clockmaker/);
    const undone = await commands['data.repair'](state, { names: [] });
    expect(text()).toBe(before);
    expect(undone).toEqual(summary);
  });

  test('another split keeps the repairs', async () => {
    const { state } = await load(book);
    await commands['data.repair'](state, { names: ['frame'] });
    const split = await commands['data.split'](state, { config: { ...config, splitSeed: 9 } });
    expect(split.repairs).toHaveLength(1);
  });

  test('where too little is left, the text stays as it is', async () => {
    const line = 'The same sentence of a text, and it is a long one that stands there over and over again, '.repeat(2);
    const { state, text } = await load(Array(12).fill(line).join('\n\n'));
    const before = text();
    await expect(commands['data.repair'](state, { names: ['duplicates'] })).rejects.toMatchObject({
      code: 'dataTooShort',
    });
    expect(text()).toBe(before);
    expect(state.text?.check.repairs).toEqual([]);
    expect(state.job).toBeNull();
  });

  test('a stored run keeps the repaired text, and says what was repaired', async () => {
    let noteKept: (state: KeptState) => void = () => undefined;
    const kept = new Promise<KeptState>((resolve) => {
      noteKept = resolve;
    });
    const { state } = await load(book, (event, payload) => {
      if (event === 'run.kept' && ((payload as KeptState).step ?? 0) > 0) noteKept(payload as KeptState);
    });
    await commands['device.probe'](state, { choice: 'cpu' });
    const { repairs } = await commands['data.repair'](state, { names: ['frame'] });
    const tokenizer = { vocabSize: 300, minFrequency: 2 };
    await commands['tokenizer.train'](state, { config: tokenizer }, new AbortController().signal);
    const preset = configForPreset('micro');
    const training = { ...preset.training, steps: 2, warmupSteps: 0, batchSize: 2, evalEvery: 0 };
    const sizes = { model: SMALL_MODEL, pipeline: { ...preset.pipeline, seqLength: 14 }, training };
    await commands['model.create'](state, sizes);
    await commands['train.start'](state, { ...sizes, keepAs: 'Repaired' });
    const { id } = await kept;
    const again = createSession(() => undefined);
    await commands['device.probe'](again, { choice: 'cpu' });
    const { corpus } = await commands['runs.open'](again, { id });
    expect(corpus).toMatchObject({ repairs, documents: 12, findings: null, isUndoable: false });
    // Further repairs come on top of those.
    const further = await commands['data.repair'](again, { names: [] });
    expect(further).toMatchObject({ repairs, findings: [], isUndoable: false });
  });
});
