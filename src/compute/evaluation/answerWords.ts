/** Runs searches for words on a model: what several of them ask at a time is read in one pass. */
import type { WordQuestion } from '../../text/words/wordSearch.ts';
import { paddedColumns, paddedRows } from '../model/inputs.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { rowOf } from './topTokens.ts';

/** A search of `text/words/wordSearch.ts`. */
export type WordSearch<T> = Generator<WordQuestion[], T, readonly Float32Array[]>;

/** Tokens that one pass reads at most, and searches that go on side by side. */
const TOKENS_AT_ONCE = 4096;
const SEARCHES_AT_ONCE = 64;

/**
 * Runs searches to their ends, some side by side.
 * @param pause called between passes, so that whoever shares the thread gets a turn
 * @returns what each of them found, in their order
 */
export async function answerWords<T>(
  model: Roberta,
  searches: Iterable<WordSearch<T>>,
  pause: () => Promise<void>,
): Promise<T[]> {
  const found: T[] = [];
  const waiting = [...searches].entries();
  let open: { index: number; search: WordSearch<T>; rows: WordQuestion[] }[] = [];
  const advance = (index: number, search: WordSearch<T>, answers: readonly Float32Array[] | null): void => {
    const step = answers === null ? search.next() : search.next(answers);
    if (step.done) found[index] = step.value;
    else open.push({ index, search, rows: step.value });
  };
  for (;;) {
    while (open.length < SEARCHES_AT_ONCE) {
      const next = waiting.next();
      if (next.done) break;
      advance(...next.value, null);
    }
    if (open.length === 0) return found;
    const asked = open;
    open = [];
    const answers = await readRows(
      model,
      asked.flatMap(({ rows }) => rows),
      pause,
    );
    let at = 0;
    for (const { index, search, rows } of asked) {
      advance(index, search, answers.slice(at, at + rows.length));
      at += rows.length;
    }
  }
}

/** @returns for each question the natural logarithms of the probabilities of all tokens [V] */
async function readRows(
  model: Roberta,
  questions: readonly WordQuestion[],
  pause: () => Promise<void>,
): Promise<Float32Array[]> {
  const longest = Math.max(...questions.map(({ ids }) => ids.length));
  const rowsAtOnce = Math.max(1, Math.floor(TOKENS_AT_ONCE / paddedColumns(model.config, longest)));
  const answers: Float32Array[] = [];
  for (let first = 0; first < questions.length; first += rowsAtOnce) {
    if (first > 0) await pause();
    const part = questions.slice(first, first + rowsAtOnce);
    const input = paddedRows(
      model.config,
      part.map(({ ids }) => ids),
    );
    const positions = Int32Array.from(part, ({ place }, row) => row * input.columns + place);
    const logits = await model.logitsForRows(input, positions);
    for (const row of part.keys()) answers.push(logSoftmax(rowOf(logits, row, model.vocabSize)));
  }
  await pause();
  return answers;
}

/** In float64, the highest logit subtracted first. */
function logSoftmax(logits: Float32Array): Float32Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = highest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  return logits.map((logit) => logit - total);
}
