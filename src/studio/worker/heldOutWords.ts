/** How many held-out words a model finds, against a table of neighbouring words at the same places. */

import { answerWords } from '../../compute/evaluation/answerWords.ts';
import type { WordFigures } from '../../core/answers.ts';
import { onceFor } from '../../core/collections.ts';
import { driveInSlices, yieldToMessages } from '../../core/yieldToMessages.ts';
import type { EncodedDocuments } from '../../text/batches/encodeDocuments.ts';
import { linesOf } from '../../text/documentTable.ts';
import type { Prediction } from '../../text/reference/referenceLines.ts';
import { neighbourWords, wordFigures } from '../../text/words/neighbourWords.ts';
import { drawPlaces, everyFourth, gapAt, type WordPlace, wordPlaces } from '../../text/words/wordPlaces.ts';
import { rankWord } from '../../text/words/wordSearch.ts';
import { formsOf, hasSpacedWords } from '../../text/words/words.ts';
import { knownWords } from './knownWords.ts';
import type { LiveModel, TokenizedText } from './liveModel.ts';

/** Held-out words that are asked for at the end of a run: the standard error of a share of 15% is a point. */
const FINAL_WORDS = 1200;
/** Of them, those asked for while training. */
const TRAINING_WORDS = FINAL_WORDS / 4;
/** Rows that the model reads to rank a word, about. */
const ROWS_A_WORD = 2;
/** Ranks that are told apart. */
const AMONG = 5;
/** Share of a run's time that words may take, about. A row of a training step takes as long as five that are only read. */
const TIME_SHARE = 0.04;
const PASSES_A_STEP = 5;

/** The held-out words that every model of a text is asked for, and what a table of neighbouring words says of each. */
interface AskedWords {
  readonly heldOut: EncodedDocuments;
  readonly places: readonly WordPlace[];
  readonly predictions: readonly Prediction[];
  readonly table: WordFigures;
}

/** @returns null where nothing is held out, or the script has no spaces that tell its words apart */
export const askedWords = onceFor(chooseWords);

async function chooseWords({ text, heldOut, tokenizer }: TokenizedText): Promise<AskedWords | null> {
  if (heldOut === null) return null;
  const lines = [...linesOf(text.corpus, text.split.heldOutDocuments)];
  if (!hasSpacedWords(lines[0]?.join(' ') ?? '')) return null;
  const all = await driveInSlices(collected(wordPlaces(lines, heldOut, tokenizer)));
  if (all.length === 0) return null;
  const places = drawPlaces(all, FINAL_WORDS, text.dataConfig.splitSeed);
  const training = linesOf(text.corpus, text.split.trainingDocuments);
  const predictions = await driveInSlices(neighbourWords(training, lines, places));
  return { heldOut, places, predictions, table: wordFigures(predictions.map(({ rank }) => rank)) };
}

/** Everything that is yielded, with a chance for others after each. */
function* collected<T>(items: Iterable<T>): Generator<null, T[]> {
  const all: T[] = [];
  for (const item of items) {
    all.push(item);
    yield null;
  }
  return all;
}

/** Whether words are asked for in the evaluation at a run's present step: a function of its settings and the step alone. */
export function asksWords({ step, config: { training } }: Pick<LiveModel, 'step' | 'config'>): boolean {
  const { evalEvery, batchSize, gradientAccumulation, steps } = training;
  if (evalEvery === 0 || step === 0 || step >= steps) return false;
  const affordable = TIME_SHARE * PASSES_A_STEP * batchSize * gradientAccumulation * evalEvery;
  const evaluations = Math.ceil((TRAINING_WORDS * ROWS_A_WORD) / affordable);
  return step % (evaluations * evalEvery) === 0;
}

/**
 * How many held-out words the model finds, the number of their tokens not told.
 * @param extent `training`: a part of the words, the same ones each time
 * @returns null where there are none to ask for
 */
export async function evaluateWords(live: LiveModel, extent: 'training' | 'final'): Promise<WordFigures | null> {
  const words = await askedWords(live.tokens);
  if (words === null) return null;
  const places = extent === 'final' ? words.places : partOf(words);
  return wordFigures(await wordRanks(live, words, places));
}

function partOf({ places, predictions }: AskedWords): WordPlace[] {
  return everyFourth(predictions.map(({ rank }) => rank)).flatMap((index) => places[index] ?? []);
}

/** For each place, how many words the model finds likelier than the one that stands there; Infinity for five and more. */
async function wordRanks(live: LiveModel, { heldOut }: AskedWords, places: readonly WordPlace[]): Promise<number[]> {
  const { tree, lengths } = await knownWords(live.tokens);
  const { seqLength } = live.config.pipeline;
  const searches = function* () {
    for (const place of places) {
      const forms = formsOf(place.word, place.begins, live.tokens.tokenizer);
      yield rankWord(gapAt(heldOut, place, seqLength), tree, lengths, { word: place.word, forms }, AMONG);
    }
  };
  return answerWords(live.roberta, searches(), yieldToMessages);
}

/**
 * Every word that is asked for at the end of a run, with what table and model say of it, for checks against other
 * implementations.
 * @returns null where there are none to ask for
 */
export async function heldOutWords(live: LiveModel) {
  const words = await askedWords(live.tokens);
  if (words === null) return null;
  const ranks = await wordRanks(live, words, words.places);
  return words.places.map(({ word, document, line, start }, index) => ({
    ...{ word, document, line, start, table: words.predictions[index] },
    /** null: the model finds five words likelier. */
    rank: Number.isFinite(ranks[index]) ? ranks[index] : null,
  }));
}
