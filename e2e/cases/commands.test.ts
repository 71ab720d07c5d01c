/** Cases that ask more of Folio than to read: a tokenizer's training, and a model's answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { configForPreset } from '../../src/core/config.ts';
import { commands } from '../../src/studio/worker/commands.ts';
import { createSession } from '../../src/studio/worker/session.ts';
import { make } from './make.mjs';

interface Answer {
  readonly text: string;
  /** Of the mask, among the ids with `<s>` and `</s>`. */
  readonly position: number;
  readonly id: number;
  readonly score: number;
}

interface Case {
  readonly id: string;
  readonly input: string;
  readonly expect: {
    readonly values: {
      readonly top1?: readonly Answer[];
      readonly vocabSize?: number;
      readonly secondsAtMost?: number;
    };
  };
}

const CASES = JSON.parse(readFileSync(join(import.meta.dirname, 'cases.json'), 'utf8')) as readonly Case[];

function caseOf(id: string) {
  const found = CASES.find((entry) => entry.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  return { name: found.input.split('/').at(-1) ?? '', values: found.expect.values };
}

// Node 20 has none; what is asked of it here is whether there is a graphics card.
beforeAll(() => void vi.stubGlobal('navigator', {}));

test('long-word-in-training', async () => {
  const { name, values } = caseOf('long-word-in-training');
  const blob = new Blob([readFileSync(join(import.meta.dirname, 'texts', name))]);
  const state = createSession(() => undefined);
  const { data, tokenizer } = configForPreset('tiny');
  await commands['data.load'](state, { source: { kind: 'files', files: [{ name, blob }] }, config: data });
  const before = process.cpuUsage();
  const config = { ...tokenizer, vocabSize: values.vocabSize ?? 0 };
  await commands['tokenizer.train'](state, { config }, new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(values.secondsAtMost ?? 0);
});

test('answers-with-pad-is-zero', async () => {
  const { name, values } = caseOf('answers-with-pad-is-zero');
  const { files } = await make(name);
  const listed = [...files].map(([path, content]) => ({ path, blob: new Blob([content]) }));
  const state = createSession(() => undefined);
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['model.open'](state, { origin: { kind: 'folder', name: 'my-bert', files: listed } });
  const wanted = values.top1 ?? [];
  expect(wanted).not.toEqual([]);
  for (const text of new Set(wanted.map((answer) => answer.text))) {
    const answers = wanted.filter((answer) => answer.text === text).sort((a, b) => a.position - b.position);
    const { masks } = await commands['test.fillMask'](state, { text, topK: 1 });
    expect(masks.map(([best]) => best?.token)).toEqual(answers.map(({ id }) => id));
    for (const [mask, { score }] of answers.entries()) expect(masks[mask]?.[0]?.score).toBeCloseTo(score, 4);
  }
});
