import { expect, test } from 'vitest';
import { encodeDocuments } from '../batches/encodeDocuments.ts';
import { trainBpe } from '../tokenizer/bpeTrainer.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { neighbourWords, wordFigures } from './neighbourWords.ts';
import { wordPlaces } from './wordPlaces.ts';

function lastOf<T, R>(steps: Generator<T, R>): R {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** Six lines of a kind in documents of their own, so that some can be left out. */
const TRAINING = Array.from({ length: 12 }, (_, document) => [
  document % 2 === 0 ? 'The red fox sleeps.' : 'A grey cat runs.',
  'the old dog barks, the dog sleeps',
]);

function ranksOf(line: string): Record<string, number> {
  const tokenizer = createTokenizer(lastOf(trainBpe(TRAINING.flat(), { vocabSize: 300, minFrequency: 2 })));
  const heldOut = [[line]];
  const places = [...wordPlaces(heldOut, lastOf(encodeDocuments(heldOut, tokenizer)), tokenizer)];
  const found = lastOf(neighbourWords(TRAINING, heldOut, places));
  return Object.fromEntries(places.map(({ word }, at) => [word, found[at]?.rank ?? -1]));
}

test('what always stood between two neighbours is found first', () => {
  expect(ranksOf('The red fox sleeps.')).toEqual({ The: 0, red: 0, fox: 0, sleeps: 0 });
});

test('neighbours are read without capitals, answers with them', () => {
  expect(ranksOf('THE old dog barks')['old']).toBeLessThan(2);
  expect(ranksOf('the red fox sleeps')['the']).toBeGreaterThan(0);
});

test('a word that was never seen is not found, and punctuation is no answer', () => {
  const ranks = ranksOf('the old unicorn barks, the dog sleeps');
  expect(ranks['unicorn']).toBeGreaterThan(4);
  // Behind "barks" a comma stands each time.
  expect(ranksOf('the old dog barks the dog sleeps')['the']).toBeLessThan(5);
});

test('figures of ranks', () => {
  expect(wordFigures([0, 1, 4, 5, Number.POSITIVE_INFINITY])).toEqual({ top1: 0.2, top5: 0.6, words: 5 });
});
