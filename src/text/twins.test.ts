/** Twins by MinHash against the definition: the share of shingles that two documents have in common, of all pairs. */
import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { findTwins } from './twins.ts';

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const shinglesOf = (text: string): Set<string> => {
  const words = wordsOf(text);
  return new Set(words.slice(3).map((_, index) => words.slice(index, index + 4).join(' ')));
};
function resemblance(one: string, other: string): number {
  const [a, b] = [shinglesOf(one), shinglesOf(other)];
  const shared = [...a].filter((shingle) => b.has(shingle)).length;
  return shared / (a.size + b.size - shared);
}

describe('twins', () => {
  test('are those documents that share most of their shingles, and no others', () => {
    const rng = createRng(14);
    const draw = (count: number): string[] => Array.from({ length: count }, () => `w${Math.floor(400 * rng.next())}`);
    const originals = Array.from({ length: 60 }, () => draw(60));
    const changed = originals.map((words, index) =>
      words.map((word, at) => (at % 60 < index ? `x${index}y${at}` : word)),
    );
    const documents = [...originals, ...changed].map((words) => words.join(' '));
    const { first } = findTwins(documents.length, (index) => documents[index] ?? '');
    for (let index = 0; index < 60; index++) {
      const share = resemblance(documents[index] ?? '', documents[60 + index] ?? '');
      // Between the two MinHash may miss one.
      if (share >= 0.8) expect(first[60 + index], `${share}`).toBe(index);
      if (share < 0.7) expect(first[60 + index], `${share}`).toBe(60 + index);
    }
    expect([...first.slice(0, 60)]).toEqual(originals.map((_, index) => index));
  });

  test('spaces, signs, widths and capitals make no difference, of however few letters', () => {
    const documents = ['Row on, row on!', '* * *', 'ROW ON — ｒｏｗ on', 'row onto', '', 'row\non row\u00a0on'];
    const { first, exact, letters } = findTwins(documents.length, (index) => documents[index] ?? '');
    expect([...first]).toEqual([0, 1, 0, 3, 4, 0]);
    expect([...exact]).toEqual([0, 0, 1, 0, 0, 1]);
    expect([...letters]).toEqual([10, 0, 10, 7, 0, 10]);
  });

  test('in a script without spaces its characters are words', () => {
    const one =
      '春が来るたびに村の鍛冶屋は水車の裏で新聞を声に出して読んでいた朝早く年老いた粉屋は弟に手紙を書いていた';
    const documents = [one, one.replace('朝早く', '夜遅く'), [...one].toReversed().join('')];
    expect([...findTwins(3, (index) => documents[index] ?? '').first]).toEqual([0, 0, 2]);
  });
});
