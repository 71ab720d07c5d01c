/**
 * How likely a model finds a whole text: the sum of what each token's logarithm is with that token, and the later ones of its
 * own word, masked. So a word of many tokens does not help itself.
 * Source: Kauf and Ivanova (2023), "A better way to do masked language model scoring", PLL-word-l2r; words are those that the
 * tokenizer cuts.
 */
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import type { WordQuestion } from './wordSearch.ts';

/**
 * Yields one row for each token, and takes for each of them the natural logarithms of the probabilities of all tokens [V].
 * @param words ids of each word of the text
 * @returns the sum, in nats; 0 for a text without words
 */
export function* pseudoLikelihood(
  words: readonly (readonly number[])[],
): Generator<WordQuestion[], number, readonly Float32Array[]> {
  const ids = [BOS_ID, ...words.flat(), EOS_ID];
  const questions: WordQuestion[] = [];
  let start = 1;
  for (const word of words) {
    for (const at of word.keys()) {
      const row = ids.slice();
      row.fill(MASK_ID, start + at, start + word.length);
      questions.push({ ids: row, place: start + at });
    }
    start += word.length;
  }
  if (questions.length === 0) return 0;
  const rows = yield questions;
  return questions.reduce((sum, { place }, at) => sum + (rows[at]?.[ids[place] ?? 0] ?? Number.NEGATIVE_INFINITY), 0);
}
