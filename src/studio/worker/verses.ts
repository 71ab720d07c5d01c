/** A few verses with masked words, filled in by the model as it learns. */
import { predictRows } from '../../compute/evaluation/predictRows.ts';
import type { MaskedVerse } from '../../core/answers.ts';
import { BOS_ID, EOS_ID, MASK_ID, PAD_ID } from '../../core/config.ts';
import { createRng, deriveSeed, type Rng } from '../../core/rng.ts';
import { documentLines } from '../../text/corpus.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { LiveModel, TokenizedText } from './liveModel.ts';

const VERSES = 4;
const MASKS_PER_VERSE = 2;
const CHARACTERS_MAX = 90;
/** Lines of each document that are tried; pieces of words are taken only in the second half. */
const ROUNDS = 8;

/** A verse before the model fills it: its ids, and which of them are hidden. */
export interface VerseQuestion {
  readonly ids: readonly number[];
  readonly hidden: readonly number[];
}

/** Picks verses from the held-out share (the training share where nothing is held out), the same ones every time. */
export function chooseVerses(tokens: TokenizedText, seqLength: number, count = VERSES): VerseQuestion[] {
  const { text, tokenizer } = tokens;
  const documents = tokens.heldOut ? text.split.heldOutDocuments : text.split.trainingDocuments;
  const rng = createRng(deriveSeed(text.dataConfig.splitSeed, 'verses'));
  const order = rng.shuffle(Int32Array.from(documents));
  const verses: VerseQuestion[] = [];
  for (let round = 0; round < ROUNDS && verses.length < count; round++) {
    for (const document of order) {
      const lines = documentLines(text.corpus, document);
      const line = (lines[rng.int(lines.length)] ?? '').slice(0, CHARACTERS_MAX);
      const question = askVerse(tokenizer, line, rng, round >= ROUNDS / 2);
      const known = verses.some((verse) => verse.ids.join() === question?.ids.join());
      if (question && !known && question.ids.length <= seqLength - 2) verses.push(question);
      if (verses.length === count) return verses;
    }
  }
  return verses;
}

/** Hides up to two whole words of a line, or pieces of words where that is allowed: some scripts have no spaces. */
function askVerse(tokenizer: Tokenizer, line: string, rng: Rng, allowPieces: boolean): VerseQuestion | null {
  const detailed = tokenizer.encodeDetailed(line);
  const isWord = ({ start, end }: { start: number; end: number }): boolean =>
    /^\s?\p{L}{2,}$/u.test(line.slice(start, end)) &&
    !/\p{L}/u.test(line.charAt(end)) &&
    !(start > 0 && /\p{L}/u.test(line.charAt(start)) && /\p{L}/u.test(line.charAt(start - 1)));
  const isLetters = ({ start, end }: { start: number; end: number }): boolean =>
    end > start && /^\s?\p{L}+$/u.test(line.slice(start, end));
  let candidates = detailed.flatMap((token, index) => (isWord(token) ? [index] : []));
  if (candidates.length === 0 && allowPieces)
    candidates = detailed.flatMap((token, index) => (isLetters(token) ? [index] : []));
  if (candidates.length === 0 || detailed.length < 3) return null;
  const hidden = [...rng.shuffle(Int32Array.from(candidates))].slice(0, MASKS_PER_VERSE).sort((a, b) => a - b);
  return { ids: detailed.map(({ id }) => id), hidden };
}

/** A question as text with `<mask>`, as a person would type it. */
export function questionText(tokenizer: Tokenizer, { ids, hidden }: VerseQuestion): string {
  const masked = ids.map((id, index) => (hidden.includes(index) ? MASK_ID : id));
  // <mask> eats the white space on its left, so that a space may stand before it.
  return tokenizer.decode(masked).replaceAll('<mask>', ' <mask>').replace(/ {2,}/gu, ' ').trimStart();
}

/** Fills the verses as the model would now, all in one forward pass. */
export async function fillVerses(live: LiveModel, questions: readonly VerseQuestion[]): Promise<MaskedVerse[]> {
  if (questions.length === 0) return [];
  const columns = Math.max(...questions.map(({ ids }) => ids.length)) + 2;
  const inputIds = new Int32Array(questions.length * columns).fill(PAD_ID);
  const positions: number[] = [];
  questions.forEach(({ ids, hidden }, row) => {
    const masked = ids.map((id, index) => (hidden.includes(index) ? MASK_ID : id));
    inputIds.set([BOS_ID, ...masked, EOS_ID], row * columns);
    for (const index of hidden) positions.push(row * columns + 1 + index);
  });
  const attentionMask = inputIds.map((id) => (id === PAD_ID ? 0 : 1));
  const input = { inputIds, attentionMask, rows: questions.length, columns };
  const best = await predictRows(live.roberta, input, positions, 1);
  let next = 0;
  return questions.map((question) => {
    const guesses = question.hidden.map(() => best[next++]?.[0]);
    return toVerse(live.tokens.tokenizer, question, guesses);
  });
}

function toVerse(
  tokenizer: Tokenizer,
  { ids, hidden }: VerseQuestion,
  guesses: readonly ({ readonly token: number; readonly score: number } | undefined)[],
): MaskedVerse {
  const edges = [-1, ...hidden, ids.length];
  const parts = edges.slice(1).map((edge, index) => tokenizer.decode(ids.slice((edges[index] ?? -1) + 1, edge)));
  const fills = hidden.map((position, index) => {
    const guess = guesses[index];
    return {
      truth: tokenizer.decode([ids[position] ?? 0]),
      guess: guess ? tokenizer.decode([guess.token]) : '',
      probability: guess?.score ?? 0,
    };
  });
  return { parts, fills };
}
