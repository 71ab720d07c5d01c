/**
 * Trains a byte-level BPE tokenizer, byte-identical to Hugging Face's.
 *
 * Start with the bytes of every distinct word; again and again, join the pair of neighbours that occurs most often into a
 * new token. "ab abc abc" has the words "ab", once, and " abc", twice ("Ġ" is the space, id 225; "a" is 69, "c" 71):
 *
 *     a b      ×1     pairs (a,b) 3, (b,c) 2, (Ġ,a) 2             merge (a,b): "ab" becomes id 261
 *     Ġ a b c  ×2
 *
 *     ab       ×1     pairs (Ġ,ab) 2, (ab,c) 2, (b,c) 0, (Ġ,a) 0  merge (Ġ,ab): as frequent as (ab,c), smaller ids
 *     Ġ ab c   ×2
 *
 *     ab       ×1     pairs (Ġab,c) 2, (ab,c) 0                   merge (Ġab,c); then every count is below 2
 *     Ġab c    ×2
 *
 * Source: `BpeTrainer::do_train` in tokenizers, `models/bpe/trainer.rs`, and `Word::merge`, `models/bpe/word.rs`.
 */
import { SPECIAL_TOKENS, type TokenizerConfig } from '../../core/config.ts';
import { byteOfCharacter, SORTED_ALPHABET } from './byteAlphabet.ts';
import { Heap } from './heap.ts';
import { PairTable } from './pairTable.ts';
import { countWords, layOutWords, type WordTable } from './wordTable.ts';

/** How far training is. */
export interface BpeProgress {
  readonly phase: 'counting' | 'merging';
  /** Share of the phase, 0 to 1. */
  readonly done: number;
  readonly vocabSize: number;
}

/** What training gives, in the byte alphabet. */
export interface TrainedBpe {
  /** Tokens by id: special tokens, the 256 bytes, then the merged ones in the order in which they were made. */
  readonly tokens: readonly string[];
  /** Pairs by rank. */
  readonly merges: readonly (readonly [string, string])[];
}

/** Token ids visited between two yields: about a millisecond. */
const VISITS_PER_TURN = 40_000;
/** What a change of neighbours costs, in visits. */
const VISITS_PER_CHANGE = 8;

/**
 * Trains on sequences (lines with their line feed) as the library does on files. Yields every one or two milliseconds of
 * work, so that the caller can post progress, serve other commands, and cancel by not going on.
 * @param characters length of all sequences together, for the progress of counting; 0 if not known
 */
export function* trainBpe(
  sequences: Iterable<string>,
  config: TokenizerConfig,
  characters = 0,
): Generator<BpeProgress, TrainedBpe> {
  const tokens: string[] = [...SPECIAL_TOKENS, ...SORTED_ALPHABET];
  const vocabSize = tokens.length;
  const counting = countWords(sequences);
  let counted = counting.next();
  while (!counted.done) {
    yield { phase: 'counting', done: characters > 0 ? Math.min(1, counted.value / characters) : 0, vocabSize };
    counted = counting.next();
  }
  const layOut = layOutWords(counted.value, idsOfBytes(tokens));
  let laidOut = layOut.next();
  while (!laidOut.done) {
    yield { phase: 'counting', done: 1, vocabSize };
    laidOut = layOut.next();
  }
  return yield* new Merging(tokens, laidOut.value, config).run();
}

function idsOfBytes(tokens: readonly string[]): Int32Array {
  const ids = new Int32Array(256);
  for (let id = SPECIAL_TOKENS.length; id < tokens.length; id++) {
    ids[byteOfCharacter((tokens[id] as string).charCodeAt(0))] = id;
  }
  return ids;
}

/** A merge to make. */
interface MergeCandidate {
  readonly left: number;
  readonly right: number;
  /** Index in the pair table. */
  readonly pair: number;
  /** The pair's count when it was last looked at. */
  count: number;
  /** Words that this candidate merges the pair in. */
  readonly words: readonly number[];
}

/** The most frequent pair first, ties to the smaller ids. */
function precedes(a: MergeCandidate, b: MergeCandidate): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}

/** The second phase: words as ids in, merges out. */
class Merging {
  readonly #tokens: string[];
  readonly #words: WordTable;
  readonly #config: TokenizerConfig;
  readonly #firstVocabSize: number;
  readonly #idOfToken: Map<string, number>;
  readonly #merges: { left: number; right: number; pair: number }[] = [];
  readonly #pairs = new PairTable();
  readonly #queue = new Heap(precedes);
  /** Words in which each pair was newly made in this round, by the pair's index. */
  readonly #fresh = new Map<number, number[]>();
  #visits = 0;

  constructor(tokens: string[], words: WordTable, config: TokenizerConfig) {
    this.#tokens = tokens;
    this.#words = words;
    this.#config = config;
    this.#firstVocabSize = tokens.length;
    this.#idOfToken = new Map(tokens.map((token, id) => [token, id]));
  }

  *run(): Generator<BpeProgress, TrainedBpe> {
    yield* this.#countPairs();
    const { vocabSize, minFrequency } = this.#config;
    while (this.#tokens.length < vocabSize) {
      const top = this.#queue.top;
      if (!top) break;
      const count = this.#pairs.counts[top.pair] as number;
      if (top.count !== count) {
        top.count = count;
        this.#queue.refreshTop();
        this.#visits++;
      } else {
        if (count < 1 || count < minFrequency) break;
        this.#queue.pop();
        const merged = this.#tokenFor(top.left, top.right);
        this.#merges.push({ left: top.left, right: top.right, pair: top.pair });
        for (const word of top.words) {
          this.#mergeInWord(word, top.left, top.right, merged);
          if (this.#visits >= VISITS_PER_TURN) yield this.#progress('merging');
        }
        this.#queueFreshPairs();
      }
      if (this.#visits >= VISITS_PER_TURN) yield this.#progress('merging');
    }
    return { tokens: this.#tokens, merges: this.#distinctMerges() };
  }

  /** Counts all pairs of neighbours, overlapping ones too: "aaa" holds (a,a) twice. */
  *#countPairs(): Generator<BpeProgress, void> {
    const { symbols, starts, lengths, counts } = this.#words;
    for (let word = 0; word < starts.length; word++) {
      const start = starts[word] as number;
      const end = start + (lengths[word] as number);
      const count = counts[word] as number;
      for (let i = start + 1; i < end; i++) {
        this.#noteFresh(this.#pairs.add(symbols[i - 1] as number, symbols[i] as number, count), word);
      }
      this.#visits += VISITS_PER_CHANGE * (end - start);
      if (this.#visits >= VISITS_PER_TURN) yield this.#progress('counting');
    }
    this.#queueFreshPairs();
  }

  /** Id of the token that joins two; one that exists already keeps its id. */
  #tokenFor(left: number, right: number): number {
    const token = `${this.#tokens[left]}${this.#tokens[right]}`;
    const existing = this.#idOfToken.get(token);
    if (existing !== undefined) return existing;
    const id = this.#tokens.push(token) - 1;
    this.#idOfToken.set(token, id);
    return id;
  }

  /**
   * Replaces the pair wherever it stands in a word, left to right, without overlaps. The old neighbour pairs lose the
   * word's count and the new ones gain it; the left neighbour may be the token that was just written.
   */
  #mergeInWord(word: number, left: number, right: number, merged: number): void {
    const { symbols, starts, lengths, counts } = this.#words;
    const start = starts[word] as number;
    const end = start + (lengths[word] as number);
    const count = counts[word] as number;
    let write = start;
    for (let read = start; read < end; read++) {
      const symbol = symbols[read] as number;
      if (symbol !== left || read + 1 >= end || symbols[read + 1] !== right) {
        symbols[write++] = symbol;
        continue;
      }
      this.#visits += VISITS_PER_CHANGE;
      if (write > start) {
        const before = symbols[write - 1] as number;
        this.#pairs.add(before, left, -count);
        this.#noteFresh(this.#pairs.add(before, merged, count), word);
      }
      if (read + 2 < end) {
        const after = symbols[read + 2] as number;
        this.#pairs.add(right, after, -count);
        this.#noteFresh(this.#pairs.add(merged, after, count), word);
      }
      symbols[write++] = merged;
      read++;
    }
    lengths[word] = write - start;
    this.#visits += end - start;
  }

  #noteFresh(pair: number, word: number): void {
    const words = this.#fresh.get(pair);
    if (!words) this.#fresh.set(pair, [word]);
    else if (words[words.length - 1] !== word) words.push(word);
  }

  /** One candidate for each pair that this round made, with the words that it was made in. */
  #queueFreshPairs(): void {
    const { lefts, rights, counts } = this.#pairs;
    for (const [pair, words] of this.#fresh) {
      const count = counts[pair] as number;
      if (count > 0)
        this.#queue.push({ left: lefts[pair] as number, right: rights[pair] as number, pair, count, words });
    }
    this.#visits += VISITS_PER_CHANGE * this.#fresh.size;
    this.#fresh.clear();
  }

  /** A pair that was merged in two rounds counts from the later one, as in the library's table of ranks. */
  #distinctMerges(): (readonly [string, string])[] {
    const last = new Map(this.#merges.map(({ pair }, rank) => [pair, rank]));
    return this.#merges
      .filter(({ pair }, rank) => last.get(pair) === rank)
      .map(({ left, right }) => [this.#tokens[left] as string, this.#tokens[right] as string]);
  }

  #progress(phase: BpeProgress['phase']): BpeProgress {
    this.#visits = 0;
    const wanted = this.#config.vocabSize - this.#firstVocabSize;
    const made = this.#tokens.length - this.#firstVocabSize;
    return { phase, done: phase === 'counting' ? 1 : made / wanted, vocabSize: this.#tokens.length };
  }
}
