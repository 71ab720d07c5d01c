import { expect, it } from 'vitest';
import { placeNotes } from './chartLayout.ts';

const note = (step: number, words: string) => ({ step, words });
const same = (step: number): number => step;

it('puts notes beside their lines, in a further row where they would cover another', () => {
  const placed = placeNotes([note(100, 'the first'), note(130, 'the second'), note(400, 'the third')], same, 40, 700);
  expect(placed.map(({ row, side, text }) => [row, side, text])).toEqual([
    [0, 'right', 'the first'],
    [1, 'right', 'the second'],
    [0, 'right', 'the third'],
  ]);
});

it('turns to the left at the right end', () => {
  const [placed] = placeNotes([note(690, 'beats unigram')], same, 40, 700);
  expect(placed).toMatchObject({ side: 'left', row: 0 });
});

it('numbers them where there is no room for words', () => {
  const notes = [10, 20, 30, 40].map((step) => note(step, `a note of some length at ${step}`));
  expect(placeNotes(notes, same, 0, 300).map(({ text }) => text)).toEqual(['1', '2', '3', '4']);
  expect(placeNotes([note(50, 'beats unigram')], same, 0, 120).map(({ text }) => text)).toEqual(['1']);
});
