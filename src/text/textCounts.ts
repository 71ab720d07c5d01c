/** Counts bytes, characters, words and the longest line of a text in one pass, in little memory. */
import { hasSpacedWords, segmentWords } from './words/words.ts';

export type TextCounts = ReturnType<typeof countTexts>;

/** Counting distinct words stops here, at 128 MB of hashes: more is no natural text, and the count is then a lower bound. */
const MOST_DISTINCT_WORDS = 1 << 23;

const FREQUENT = 4;
/** A few seconds of `Intl.Segmenter`; of longer texts the rest is taken to have words of the same length. */
const MOST_SEGMENTED = 4_000_000;

/** Counts several texts together; a word or a line ends with its text. */
export function countTexts(texts: Iterable<string>) {
  const distinct = new HashSet();
  const occurrences = new Uint32Array(0x10000);
  const segmented: Segmented = { words: 0, characters: 0, left: 0 };
  let [sizeBytes, characters, words, longestSampleCharacters] = [0, 0, 0, 0];
  for (const text of texts) {
    const measured = measure(text, occurrences);
    sizeBytes += measured.sizeBytes;
    characters += measured.characters;
    longestSampleCharacters = Math.max(longestSampleCharacters, measured.longestLine);
    words += countWords(text, distinct, segmented);
  }
  words += segmented.words + Math.round((segmented.left * segmented.words) / Math.max(1, segmented.characters));
  return {
    /** In UTF-8. */
    sizeBytes,
    /** Unicode characters, line ends included. */
    characters,
    ...countAlphabet(occurrences),
    /** Runs without white space; in scripts without spaces the words that `Intl.Segmenter` finds. */
    words,
    distinctWords: distinct.size,
    longestSampleCharacters,
  };
}

/** Characters outside of the basic plane are rare, and left out. */
function countAlphabet(occurrences: Uint32Array) {
  let [wideCharacters, frequentCharacters] = [0, 0];
  for (let code = 0x80; code < occurrences.length; code++) {
    const times = occurrences[code] ?? 0;
    if (times >= FREQUENT) frequentCharacters++;
    if (times > 0 && WIDE.test(String.fromCharCode(code))) wideCharacters += times;
  }
  return {
    /** Chinese and Japanese characters and Korean syllables. */
    wideCharacters,
    /** Distinct characters of more than one byte that occur {@link FREQUENT} times or more. */
    frequentCharacters,
  };
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** @param occurrences of each UTF-16 unit, added to */
function measure(
  text: string,
  occurrences: Uint32Array,
): { sizeBytes: number; characters: number; longestLine: number } {
  let sizeBytes = 0;
  let characters = 0;
  let longestLine = 0;
  let lineStart = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x0a) {
      longestLine = Math.max(longestLine, characters - lineStart);
      lineStart = characters + 1;
    }
    const isPair = (code & 0xfc00) === 0xd800 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    if (isPair) i++;
    else occurrences[code] = (occurrences[code] ?? 0) + 1;
    sizeBytes += code < 0x80 ? 1 : code < 0x800 ? 2 : isPair ? 4 : 3;
    characters++;
  }
  return { sizeBytes, characters, longestLine: Math.max(longestLine, characters - lineStart) };
}

/** What lies in scripts without spaces: words of the characters that were segmented, and the characters that were not. */
interface Segmented {
  words: number;
  characters: number;
  left: number;
}

/** Counts the words of a text between white space, adds each to a set, and segments those of scripts without spaces. */
function countWords(text: string, distinct: HashSet, segmented: Segmented): number {
  const kinds = kindTable();
  let words = 0;
  for (let start = 0; start < text.length; ) {
    if (kinds[text.charCodeAt(start)] === WHITE_SPACE) {
      start++;
      continue;
    }
    let end = start;
    let spaced = true;
    for (; end < text.length; end++) {
      const kind = kinds[text.charCodeAt(end)];
      if (kind === WHITE_SPACE) break;
      if (kind === UNSPACED) spaced = false;
    }
    if (spaced) {
      distinct.addWord(text, start, end);
      words++;
    } else segment(text.slice(start, end), distinct, segmented);
    start = end;
  }
  return words;
}

function segment(run: string, distinct: HashSet, segmented: Segmented): void {
  if (segmented.characters > MOST_SEGMENTED) {
    segmented.left += run.length;
    return;
  }
  segmented.characters += run.length;
  for (const word of segmentWords(run)) {
    distinct.addWord(word, 0, word.length);
    segmented.words++;
  }
}

const WHITE_SPACE = 1;
const UNSPACED = 2;
/** What each UTF-16 unit is: JavaScript's `\s`, of a script without spaces, or neither; made when it is first needed. */
let kindsOfUnits: Uint8Array | null = null;

function kindTable(): Uint8Array {
  kindsOfUnits ??= Uint8Array.from({ length: 0x10000 }, (_, code) => {
    const character = String.fromCharCode(code);
    return /\s/.test(character) ? WHITE_SPACE : hasSpacedWords(character) ? 0 : UNSPACED;
  });
  return kindsOfUnits;
}

/** A set of 64-bit hashes, two 32-bit halves a slot. */
class HashSet {
  #slots = new Int32Array(1 << 13);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds two 32-bit hashes of a word: 64 bits, so that millions do not collide. */
  addWord(text: string, start: number, end: number): void {
    let low = 0x811c9dc5 | 0;
    let high = 0x9747b28c | 0;
    for (let i = start; i < end; i++) {
      const code = text.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ (code + (high >>> 13)), 0x5bd1e995);
    }
    this.#add(low, high);
  }

  #add(low: number, high: number): void {
    if (this.#size >= MOST_DISTINCT_WORDS) return;
    // A slot of two zeros is free.
    if (!this.#insert(low, low === 0 && high === 0 ? 1 : high)) return;
    this.#size++;
    if (4 * this.#size > this.#slots.length) this.#grow();
  }

  /** @returns false if it was there */
  #insert(low: number, high: number): boolean {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let slot = (low ^ (high >>> 7)) & mask;
    for (;;) {
      const a = slots[2 * slot];
      const b = slots[2 * slot + 1];
      if (a === 0 && b === 0) break;
      if (a === low && b === high) return false;
      slot = (slot + 1) & mask;
    }
    slots[2 * slot] = low;
    slots[2 * slot + 1] = high;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 2) {
      const low = old[i] as number;
      const high = old[i + 1] as number;
      if (low !== 0 || high !== 0) this.#insert(low, high);
    }
  }
}
