/** The distinct words of a text with their counts, each as a sequence of token ids that merging shortens in place. */
import { wordEnd } from './preTokenize.ts';

export interface WordTable {
  /** Token ids of all words; those of word w are at `starts[w]`, `lengths[w]` of them. */
  readonly symbols: Int32Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Occurrences of each word in the text. */
  readonly counts: Int32Array;
}

/** Characters read between two yields: about a millisecond. */
const CHARACTERS_PER_TURN = 1 << 14;
/** Words laid out between two yields. */
const WORDS_PER_TURN = 1 << 12;

const utf8 = new TextEncoder();

/** Counts the words of all sequences. Yields the number of characters read so far. */
export function* countWords(sequences: Iterable<string>): Generator<number, Map<string, number>> {
  const counts = new Map<string, number>();
  let read = 0;
  let nextYield = CHARACTERS_PER_TURN;
  for (const text of sequences) {
    for (let start = 0; start < text.length; ) {
      const end = wordEnd(text, start, text.length);
      const word = text.slice(start, end);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      read += end - start;
      start = end;
      if (read >= nextYield) {
        nextYield = read + CHARACTERS_PER_TURN;
        yield read;
      }
    }
  }
  return counts;
}

/**
 * Lays the words out as token ids, one a byte.
 * @param idOfByte token id of each byte
 */
export function* layOutWords(counts: ReadonlyMap<string, number>, idOfByte: Int32Array): Generator<void, WordTable> {
  let longest = 0;
  for (const word of counts.keys()) longest = Math.max(longest, word.length);
  const bytes = new Uint8Array(3 * longest);
  let capacity = 0;
  let seen = 0;
  for (const word of counts.keys()) {
    capacity += utf8.encodeInto(word, bytes).written;
    if (++seen % WORDS_PER_TURN === 0) yield;
  }
  const table = {
    symbols: new Int32Array(capacity),
    starts: new Int32Array(counts.size),
    lengths: new Int32Array(counts.size),
    counts: new Int32Array(counts.size),
  };
  let index = 0;
  let at = 0;
  for (const [word, count] of counts) {
    const length = utf8.encodeInto(word, bytes).written;
    for (let i = 0; i < length; i++) table.symbols[at + i] = idOfByte[bytes[i] as number] as number;
    table.starts[index] = at;
    table.lengths[index] = length;
    table.counts[index] = count;
    at += length;
    if (++index % WORDS_PER_TURN === 0) yield;
  }
  return table;
}
