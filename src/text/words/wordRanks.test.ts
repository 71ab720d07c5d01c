import { describe, expect, it } from 'vitest';
import { certainFirst, rankOf, wordsIn } from './wordRanks.ts';

describe('wordsIn', () => {
  it('takes each word once, whatever stands between them', () => {
    expect(wordsIn(' love,beauty ,, o’er; love、春\n')).toEqual(['love', 'beauty', 'o’er', '春']);
    expect(wordsIn(' , ')).toEqual([]);
  });
});

describe('rankOf', () => {
  const answers = [
    { word: 'love', probability: 0.3 },
    { word: 'time', probability: 0.2 },
    { word: 'day', probability: 0.1 },
  ];

  it('is the place among the answers', () => {
    expect(answers.map(({ word, probability }) => rankOf(word, probability, answers))).toEqual([1, 2, 3]);
    // float32 may differ in its last digits between two passes of the model.
    expect(rankOf('love', 0.1999, answers)).toBe(1);
  });

  it('is where a word would stand that is no answer, and null below all of them', () => {
    expect(rankOf('folio', 0.15, answers)).toBe(3);
    expect(rankOf('folio', 0.05, answers)).toBeNull();
  });
});

describe('certainFirst', () => {
  it('is the most certain mask, the first of equals', () => {
    expect(certainFirst([{ probability: 0.2 }, { probability: 0.5 }, { probability: 0.5 }])).toBe(1);
    expect(certainFirst([])).toBe(0);
  });
});
