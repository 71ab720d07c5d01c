/** Text of any size for the tokenizer's benchmark: words of syllables, as frequent as Zipf's law has them. */
import { createRng, type Rng } from '../../src/core/rng.ts';

const ONSETS = [
  'b',
  'c',
  'd',
  'f',
  'g',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'w',
  'st',
  'tr',
  'ch',
  'sh',
  '',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou', 'é'];
const CODAS = ['', '', 'n', 'r', 's', 't', 'l', 'd', 'ng', 'st'];
/** Different words a byte, as a large English text has them (Heaps' law at 14 MB). */
const WORDS_PER_BYTE = 0.008;
const WORDS_PER_LINE = 11;

function pick(rng: Rng, pieces: readonly string[]): string {
  return pieces[rng.int(pieces.length)] ?? '';
}

function word(rng: Rng): string {
  const syllables = 1 + rng.int(4);
  let result = '';
  for (let i = 0; i < syllables; i++) result += pick(rng, ONSETS) + pick(rng, VOWELS) + pick(rng, CODAS);
  return rng.int(12) === 0 ? result.charAt(0).toUpperCase() + result.slice(1) : result;
}

/** Lines of words. @param sizeBytes about so many */
export function generateText(sizeBytes: number, seed: number): string {
  const rng = createRng(seed);
  const words = Array.from({ length: Math.max(1000, Math.round(sizeBytes * WORDS_PER_BYTE)) }, () => word(rng));
  const parts: string[] = [];
  for (let length = 0, count = 1; length < sizeBytes; count++) {
    // The rank of a word under Zipf's law, by inverting the distribution's integral.
    const rank = Math.floor(words.length ** rng.next()) - 1;
    const mark = count % WORDS_PER_LINE === 0 ? ',\n' : rng.int(9) === 0 ? '. ' : ' ';
    const part = (words[rank] ?? 'the') + mark;
    parts.push(part);
    length += part.length;
  }
  return `${parts.join('')}\n`;
}
