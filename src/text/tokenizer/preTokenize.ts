/**
 * Cuts text into the words that byte pairs are merged within, as GPT-2 does:
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * with `\s` meaning White_Space, as in the library (JavaScript's has U+FEFF and lacks U+0085). Written as a scanner over a
 * table of character classes rather than as a regular expression: three times as fast, and a run of millions of letters
 * does not overflow the expression's stack.
 *
 *     "I'll go  on." → ["I", "'ll", " go", " ", " on", "."]
 *
 * Source: `ByteLevel` in tokenizers, `pre_tokenizers/byte_level.rs`.
 */
import { isNewInUnicode17 } from './unicode17.ts';

const LETTER = 1;
const NUMBER = 2;
const SPACE = 3;
const OTHER = 4;

const APOSTROPHE = 0x27;
const BLANK = 0x20;

const LETTER_PATTERN = /\p{L}/u;
const NUMBER_PATTERN = /\p{N}/u;
const SPACE_PATTERN = /\p{White_Space}/u;

/** Class of every code point; 0 until it was first asked for. */
const classes = new Uint8Array(0x110000);

function classOf(codePoint: number): number {
  return classes[codePoint] || classify(codePoint);
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let kind = OTHER;
  if (isNewInUnicode17(codePoint)) kind = OTHER;
  else if (LETTER_PATTERN.test(character)) kind = LETTER;
  else if (NUMBER_PATTERN.test(character)) kind = NUMBER;
  else if (SPACE_PATTERN.test(character)) kind = SPACE;
  classes[codePoint] = kind;
  return kind;
}

/** Code point at a position; a lone surrogate is its own. Faster than `codePointAt` where most are in the basic plane. */
function codePointAt(text: string, position: number, end: number): number {
  const code = text.charCodeAt(position);
  if ((code & 0xfc00) !== 0xd800 || position + 1 >= end) return code;
  const low = text.charCodeAt(position + 1);
  return (low & 0xfc00) === 0xdc00 ? 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff) : code;
}

/** End of the run of one class that goes on at `position`. */
function runEnd(text: string, position: number, end: number, kind: number): number {
  let at = position;
  while (at < end) {
    const codePoint = codePointAt(text, at, end);
    if (classOf(codePoint) !== kind) break;
    at += codePoint > 0xffff ? 2 : 1;
  }
  return at;
}

/** Length of the contraction at an apostrophe ('s 't 'm 'd 're 've 'll), or 0. */
function contractionLength(text: string, position: number, end: number): number {
  const first = position + 1 < end ? text[position + 1] : '';
  if (first === 's' || first === 't' || first === 'm' || first === 'd') return 2;
  const second = position + 2 < end ? text[position + 2] : '';
  if ((first === 'r' || first === 'v') && second === 'e') return 3;
  return first === 'l' && second === 'l' ? 3 : 0;
}

/**
 * End of the word that starts at `start`, where the text is taken to end at `end`.
 * @example wordEnd("to be", 2, 5) === 5
 */
export function wordEnd(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start);
  if (first === APOSTROPHE) {
    const length = contractionLength(text, start, end);
    if (length > 0) return start + length;
  }
  const body = first === BLANK && start + 1 < end ? start + 1 : start;
  const kind = classOf(codePointAt(text, body, end));
  if (kind !== SPACE) return runEnd(text, body, end, kind);
  const after = runEnd(text, body, end, SPACE);
  // White space before a word leaves its last character to that word: `\s+(?!\S)`.
  return after < end && after - start > 1 ? after - 1 : after;
}
