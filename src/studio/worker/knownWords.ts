/** The words of a text that can be answers, and how many tokens words have: read once for a text and a tokenizer. */
import { onceFor } from '../../core/collections.ts';
import { driveInSlices } from '../../core/yieldToMessages.ts';
import { linesOf } from '../../text/documentTable.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { LONGEST_ASKED_WORD, LONGEST_WORD, wordLengths } from '../../text/words/wordSearch.ts';
import { createPieceTree, createWordTree, type WordTree, wordsOf } from '../../text/words/words.ts';
import type { TokenizedText } from './liveModel.ts';

/** Training words whose lengths in tokens are counted. */
const COUNTED_WORDS = 20_000;
/** Training words that are read, and the most frequent of them that can be answers. */
const MOST_WORDS = 2_000_000;
const MOST_DISTINCT_WORDS = 50_000;
/** Words between two yields. */
const WORDS_PER_TURN = 64;

/** Shares of words of 1, 2, … tokens where no text is known: each half of the one before. */
const USUAL_LENGTHS = Array.from({ length: LONGEST_ASKED_WORD }, (_, at) => 0.5 ** (at + 1));

/** What does not change while a text and a tokenizer stay. */
interface KnownWords {
  /** The words of the training text, the most frequent ones of a long text; without a text those of the vocabulary. */
  readonly tree: WordTree;
  /** Every token, where a script's words can't be told apart. */
  readonly pieces: WordTree;
  /** Shares of words of 1, 2, … tokens. */
  readonly lengths: readonly number[];
}

/** Read between messages, so that other commands are answered meanwhile; whoever asks in that time waits for the same. */
export const knownWords = onceFor((tokens: TokenizedText) => driveInSlices(readWords(tokens)));

function* readWords({ text, tokenizer }: TokenizedText): Generator<null, KnownWords> {
  const counts = new Map<string, number>();
  const lengths: number[] = [];
  let read = 0;
  for (const line of linesIn(text)) {
    for (const { word } of wordsOf(line)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      if (read++ < COUNTED_WORDS) lengths.push(tokenizer.encode(` ${word}`).length);
      if (read % WORDS_PER_TURN === 0) yield null;
    }
    if (read > MOST_WORDS) break;
  }
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_DISTINCT_WORDS);
  const words = read > 0 ? frequent.map(([word]) => word) : vocabularyWords(tokenizer);
  return {
    tree: yield* createWordTree(words, tokenizer, LONGEST_WORD),
    pieces: createPieceTree(tokenizer),
    lengths: read > 0 ? wordLengths(lengths) : USUAL_LENGTHS,
  };
}

/** Words of a vocabulary, for a model that was opened without a text: what stands with its space, parts of words among them. */
function vocabularyWords({ tokenCount, textOf }: Tokenizer): string[] {
  return Array.from({ length: tokenCount }, (_, id) => textOf(id)).flatMap((text) => {
    const [found] = text.startsWith(' ') ? wordsOf(text) : [];
    return found !== undefined && found.start === 1 && found.word.length === text.length - 1 ? [found.word] : [];
  });
}

function* linesIn({ corpus, split }: TokenizedText['text']): Generator<string> {
  for (const lines of linesOf(corpus, split.trainingDocuments)) yield* lines;
}
