import { expect, test } from 'vitest';
import { EOS_ID, MASK_ID } from '../../core/config.ts';
import { encodeDocuments } from '../batches/encodeDocuments.ts';
import { trainBpe } from '../tokenizer/bpeTrainer.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { drawPlaces, gapAt, wordPlaces } from './wordPlaces.ts';
import { LONGEST_WORD } from './wordSearch.ts';

const DOCUMENTS = [
  ['From fairest creatures, we desire 12 <mask> increase', "That thereby beauty's rose", '“Might” never die'],
  ['Día o’er', 'and <s> a day'],
];

function lastOf<T, R>(steps: Generator<T, R>): R {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const tokenizer = createTokenizer(lastOf(trainBpe(DOCUMENTS.flat(), { vocabSize: 290, minFrequency: 2 })));
const encoded = lastOf(encodeDocuments(DOCUMENTS, tokenizer));
const places = [...wordPlaces(DOCUMENTS, encoded, tokenizer)];

test('every word of the text has its tokens; lines with the names of special tokens and numbers are left out', () => {
  const words = [
    ['That', 'thereby', "beauty's", 'rose', 'Might', 'never', 'die'],
    ['Día', 'o’er'],
  ];
  expect(places.map(({ document, word }) => [document, word])).toEqual(
    words.flatMap((line, document) => line.map((word) => [document, word])),
  );
  for (const { word, first, end } of places) {
    expect(tokenizer.decode(encoded.ids.subarray(first, end)).trimStart()).toBe(word);
  }
});

test('a gap holds the text on both sides, one mask, and room for the masks of a long word', () => {
  for (const place of places) {
    for (const seqLength of [16, 32, 1024]) {
      const gap = gapAt(encoded, place, seqLength);
      expect(gap.ids[gap.place]).toBe(MASK_ID);
      expect(gap.ids.filter((id) => id === MASK_ID)).toHaveLength(1);
      expect(gap.ids.at(-1)).toBe(EOS_ID);
      expect(gap.ids.length + LONGEST_WORD - 1).toBeLessThanOrEqual(seqLength);
      const [from = 0, to = 0] = encoded.documentStarts.subarray(place.document);
      const expected = [...encoded.ids.subarray(Math.max(from, place.first - gap.place + 1), place.first)];
      expect(gap.ids.slice(1, gap.place)).toEqual(expected);
      if (seqLength === 1024) expect(gap.ids.length).toBe(3 + to - from - (place.end - place.first));
    }
  }
});

test('what stands in front of a word is known from its line alone', () => {
  const start = (word: string): string => {
    const place = places.find((candidate) => candidate.word === word);
    if (place === undefined) throw new Error(word);
    return gapAt(encoded, place, 32).start;
  };
  expect(['That', 'rose', 'Might', 'never'].map(start)).toEqual(['bare', 'spaced', 'either', 'either']);
});

test('a draw is the same every time, in the order of the text', () => {
  const drawn = drawPlaces(places, 4, 7);
  expect(drawn).toHaveLength(4);
  expect(drawPlaces(places, 4, 7)).toEqual(drawn);
  expect(drawn).toEqual(places.filter((place) => drawn.includes(place)));
  expect(drawPlaces(places, 4, 8)).not.toEqual(drawn);
  expect(drawPlaces(places, 99, 7)).toEqual(places);
});
