/** Counts bytes, words, distinct words and the longest line of a text in one pass, in little memory. */

export interface TextCounts {
  /** In UTF-8. */
  readonly sizeBytes: number;
  /** Unicode characters, line ends included. */
  readonly characters: number;
  /** Runs without white space. */
  readonly words: number;
  readonly distinctWords: number;
  readonly longestSampleCharacters: number;
}

/** Counting distinct words stops here, at 128 MB of hashes: more is no natural text, and the count is then a lower bound. */
const MOST_DISTINCT_WORDS = 1 << 23;

/** Counts several texts together; a word or a line ends with its text. */
export function countTexts(texts: Iterable<string>): TextCounts {
  const distinct = new HashSet();
  let [sizeBytes, characters, words, longestSampleCharacters] = [0, 0, 0, 0];
  for (const text of texts) {
    const measured = measure(text);
    sizeBytes += measured.sizeBytes;
    characters += measured.characters;
    longestSampleCharacters = Math.max(longestSampleCharacters, measured.longestLine);
    words += countWords(text, distinct);
  }
  return { sizeBytes, characters, words, distinctWords: distinct.size, longestSampleCharacters };
}

function measure(text: string): { sizeBytes: number; characters: number; longestLine: number } {
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
    sizeBytes += code < 0x80 ? 1 : code < 0x800 ? 2 : isPair ? 4 : 3;
    characters++;
  }
  return { sizeBytes, characters, longestLine: Math.max(longestLine, characters - lineStart) };
}

/** Counts the words of a text and adds two 32-bit hashes of each to a set: 64 bits, so that millions do not collide. */
function countWords(text: string, distinct: HashSet): number {
  const isWhiteSpace = whiteSpaceTable();
  let words = 0;
  for (let i = 0; i < text.length; ) {
    let code = text.charCodeAt(i++);
    if (isWhiteSpace[code] === 1) continue;
    let low = 0x811c9dc5 | 0;
    let high = 0x9747b28c | 0;
    for (;;) {
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ (code + (high >>> 13)), 0x5bd1e995);
      if (i >= text.length) break;
      code = text.charCodeAt(i++);
      if (isWhiteSpace[code] === 1) break;
    }
    distinct.add(low, high);
    words++;
  }
  return words;
}

/** 1 for each UTF-16 unit that is JavaScript's `\s`; made when it is first needed. */
let whiteSpace: Uint8Array | null = null;

function whiteSpaceTable(): Uint8Array {
  whiteSpace ??= Uint8Array.from({ length: 0x10000 }, (_, code) => Number(/\s/.test(String.fromCharCode(code))));
  return whiteSpace;
}

/** A set of 64-bit hashes, two 32-bit halves a slot. */
class HashSet {
  #slots = new Int32Array(1 << 13);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(low: number, high: number): void {
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
