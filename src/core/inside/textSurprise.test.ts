import { describe, expect, it } from 'vitest';
import { groupWords, summarizeSurprise, type TokenSurprise } from './textSurprise.ts';

const item = (start: number, end: number, nats: number): TokenSurprise => ({
  start,
  end,
  nats,
  likelier: 0,
  guess: 'x',
  guessProbability: 0.5,
});

describe('the surprise of a text', () => {
  it('is the mean of its tokens as a power of e', () => {
    const summary = summarizeSurprise([item(0, 1, Math.log(4)), item(1, 2, Math.log(16))]);
    expect(summary?.pseudoPerplexity).toBeCloseTo(8, 10);
    expect(summary?.logLikelihood).toBeCloseTo(-Math.log(64), 10);
    expect(summarizeSurprise([])).toBeNull();
  });

  it('is told word by word: pieces go together, white space and line breaks part', () => {
    const text = 'Summer’s day\nis';
    const words = groupWords(text, [item(0, 6, 1), item(6, 8, 2), item(8, 12, 3), item(13, 15, 4)]);
    expect(words.map(({ text: word, nats }) => [word, nats])).toEqual([
      ['Summer’s', 3],
      ['day', 3],
      ['is', 4],
    ]);
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(['Summer’s', 'day', 'is']);
  });

  it('keeps the bytes of one character together', () => {
    expect(groupWords('🦊!', [item(0, 2, 1), item(0, 2, 1), item(2, 3, 1)])).toHaveLength(1);
  });
});
