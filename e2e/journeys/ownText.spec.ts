/** The whole path with a text in another script, on WebGPU. */
import { checkBundle, unpackBundle } from '../bundle.ts';
import { expect, test } from '../fixtures.ts';

const SUBJECTS = ['Ветер', 'Старый лес', 'Тихая река', 'Ночная птица', 'Белый снег', 'Мой брат', 'Далёкая звезда'];
const VERBS = ['поёт', 'молчит', 'помнит', 'ищет', 'ждёт', 'видит', 'зовёт'];
const ENDS = [
  'о прошлом лете',
  'у самого моря',
  'под синим небом',
  'до самого утра',
  'за тёмной горой',
  'без лишних слов',
];

/** Poems of four lines that say much the same, so that there is something to learn. */
function poems(count: number): string {
  const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? '';
  const line = (n: number): string => `${pick(SUBJECTS, n * 5)} ${pick(VERBS, n * 3 + 1)} ${pick(ENDS, n * 7 + 2)},`;
  return Array.from({ length: count }, (_, poem) =>
    Array.from({ length: 4 }, (_, row) => line(poem * 4 + row + (poem % 3))).join('\n'),
  ).join('\n\n');
}

test('all seven steps on WebGPU with an own text in Cyrillic', async ({ studio }) => {
  const buffer = Buffer.from(`\ufeff${poems(60).replaceAll('\n', '\r\n')}`);
  await studio.data.pick({ name: 'стихи.txt', mimeType: 'text/plain', buffer });
  await studio.data.isLoaded('стихи.txt');
  expect(await studio.data.count('Documents')).toBe(60);
  expect(await studio.data.count('Lines')).toBe(240);
  // One poem: a software adapter takes minutes for the looks at a larger held-out text.
  await studio.data.setSplit(0.02, 3);

  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(420, 2);
  const vocabSize = await studio.tokenizer.train();
  expect(vocabSize).toBeGreaterThan(300);
  const text = 'Старый лес молчит.';
  const ids = await studio.tokenizer.encode(text);

  await studio.next('Pipeline');
  await studio.pipeline.choosePacking('One line per sequence');
  await studio.pipeline.setSequenceLength(24);
  await studio.pipeline.showsBatch(24);
  await studio.next('Model');
  await studio.model.setHiddenSize(32);
  await studio.model.chooseDevice('webgpu', 'WebGPU');
  await studio.model.create();
  await studio.next('Train');
  await studio.train.configure({
    steps: 24,
    batchSize: 8,
    learningRate: 0.01,
    warmupSteps: 3,
    evalEvery: 0,
    logEvery: 10,
  });
  await studio.train.start();
  await studio.train.finish(300_000);

  await studio.next('Test');
  await studio.test.type('Старый лес <mask> до самого утра');
  await studio.test.fill();
  const candidates = await studio.test.candidates();
  expect(candidates).toHaveLength(5);
  expect(candidates[0]?.sequence).toMatch(/[а-яё]/i);

  await studio.goTo('Export');
  const facts = checkBundle(unpackBundle((await studio.export.download()).bytes));
  expect(facts.vocabSize).toBe(vocabSize);
  expect(facts.encode(text)).toEqual(ids);
  const losses = [...facts.heldOutLosses.values()];
  expect((losses[0] ?? 0) - (losses.at(-1) ?? 0)).toBeGreaterThan(0.5);
});
