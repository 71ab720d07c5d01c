/** Step 6: masked sentences and the model's answers, words that are compared, and files of items. */
import type { PlainError } from '../../core/errors.ts';
import type { Result } from '../../studio/client.ts';
import { runStep, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { AnswerUnit } from '../../studio/worker/modelWords.ts';
import { countMasks, putToken, sentenceOf, showWord } from '../../text/maskedSentence.ts';
import { COMPARED_RANKS, certainFirst, rankOf, wordsIn } from '../../text/words/wordRanks.ts';
import { hasSpacedWords } from '../../text/words/words.ts';

/** What the model answered, and the text that it answers. */
export type Answer = { readonly text: string } & (
  | { readonly unit: 'words'; readonly result: Result<'test.fillWords'> }
  | {
      readonly unit: 'pieces';
      readonly result: Result<'test.fillMask'> /** The script has no spaces between words. */;
      readonly wordsUnknown: boolean;
    }
);

interface ComparedWord {
  readonly word: string;
  readonly probability: number;
  readonly tokens: number;
  /** From 1; null: below the first {@link COMPARED_RANKS}. */
  readonly rank: number | null;
}

interface ScoredFile {
  readonly name: string;
  /** Items that are scored, and all of them; null: not known yet. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** null while it is being scored, and where it is refused. */
  readonly result: Result<'test.score'>;
  readonly error: PlainError | null;
}

export const EMPTY_TEST = {
  text: '',
  /** The words behind the masks of the text, in order; null where the mask was typed. */
  hidden: [] as readonly (string | null)[],
  /** What the person wants; the answer says what it is. */
  unit: 'words' as AnswerUnit,
  answer: null as Answer | null,
  /** The masks were filled one after another. */
  filled: null as { readonly from: string; readonly to: string } | null,
  compared: null as { readonly text: string; readonly masks: readonly (readonly ComparedWord[])[] } | null,
  compareError: null as PlainError | null,
  score: null as ScoredFile | null,
};
export type TestSlice = Readonly<typeof EMPTY_TEST>;

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly test: TestSlice;
  }
  interface StudioActions extends ReturnType<typeof createTestActions> {}
}

/** Answers for each mask. */
const ANSWERS = 5;

/** The likeliest answers; where a text's words can't be told apart, pieces. */
async function ask({ engine }: StudioContext, text: string, wanted: AnswerUnit): Promise<Answer> {
  const wordsUnknown = !hasSpacedWords(text);
  if (wanted === 'words' && !wordsUnknown) {
    return { text, unit: 'words', result: await engine.call('test.fillWords', { text, count: ANSWERS }) };
  }
  return { text, unit: 'pieces', result: await engine.call('test.fillMask', { text, topK: ANSWERS }), wordsUnknown };
}

/** The likeliest answer behind each mask, with the space before it where it is a token's. */
export function bestOf(answer: Answer): { readonly text: string; readonly probability: number }[] {
  return answer.unit === 'words'
    ? answer.result.masks.map(([best]) => ({ text: best?.word ?? '', probability: best?.probability ?? 0 }))
    : answer.result.masks.map(([best]) => ({ text: best?.tokenStr ?? '', probability: best?.score ?? 0 }));
}

/** Asks the model. @returns whether it answered */
export async function askModel(
  context: StudioContext,
  unit = context.get().test.unit,
  text = context.get().test.text,
): Promise<boolean> {
  context.patch('test', { unit });
  const answer = await runStep(context, 'test', () => ask(context, text, unit));
  if (answer === null) {
    // The answer from before would be taken for that to this question.
    context.patch('test', { answer: null });
    return false;
  }
  // Something else may be wanted by now.
  if (context.get().test.unit === unit) context.patch('test', { answer });
  const best = bestOf(answer);
  const line = best.length === 1 ? `Top prediction: “${best[0]?.text.trim()}”` : `${best.length} masks filled`;
  context.set({ steps: completeStep(context.get().steps, 'test', line) });
  return true;
}

/** Fills the mask whose answer is most certain and asks again, until none is left. */
async function fillInTurn(context: StudioContext): Promise<void> {
  const { text: from, unit } = context.get().test;
  let text = from;
  // Were the sentence changed meanwhile, what is typed would be lost.
  while (countMasks(text) > 0 && context.get().test.text === text) {
    if (!(await askModel(context, unit, text))) return;
    const { answer, text: now } = context.get().test;
    if (answer?.text !== text || now !== text) return;
    const best = bestOf(answer);
    const mask = certainFirst(best);
    const word = best[mask]?.text ?? '';
    const put = answer.unit === 'words' ? showWord : putToken;
    text = put(sentenceOf(text), mask, word).text;
    context.patch('test', { text, filled: { from, to: text } });
  }
}

async function compare(context: StudioContext, typed: string): Promise<void> {
  const { engine } = context;
  const { text } = context.get().test;
  const words = wordsIn(typed);
  context.patch('test', { compared: null, compareError: null });
  try {
    const scored = await engine.call('test.scoreWords', { text, words });
    const likeliest = await engine.call('test.fillWords', { text, count: COMPARED_RANKS });
    const masks = scored.masks.map((probabilities, mask) =>
      words
        .map((word, at) => {
          const probability = probabilities[at] ?? 0;
          const rank = rankOf(word, probability, likeliest.masks[mask] ?? []);
          return { word, probability, tokens: scored.tokens[mask]?.[at] ?? 0, rank };
        })
        .sort((a, b) => b.probability - a.probability),
    );
    context.patch('test', { compared: { text, masks } });
  } catch (thrown) {
    context.patch('test', { compareError: toPlainError(thrown) });
  }
}

async function scoreFile(context: StudioContext, file: { readonly name: string; readonly blob: Blob }): Promise<void> {
  const { name, blob } = file;
  // Until this one is scored nothing stands there: it would be the result of another file.
  const started = { name, progress: null, result: null, error: null };
  context.patch('test', { score: started });
  let ended: TestSlice['score'];
  try {
    const result = await context.engine.call('test.score', { name, content: await blob.text() });
    ended = result && { ...started, result };
  } catch (thrown) {
    ended = { ...started, error: toPlainError(thrown) };
  }
  // An earlier step may have been changed meanwhile.
  if (context.get().test.score !== null) context.patch('test', { score: ended });
}

/** Actions of the Test step. */
export function createTestActions(context: StudioContext) {
  const { engine } = context;
  engine.subscribe('test.scoreProgress', (progress) => {
    const { score } = context.get().test;
    if (score !== null) context.patch('test', { score: { ...score, progress } });
  });
  return {
    /** @param hidden the words behind its masks, where they are known */
    setTestText: (text: string, hidden: TestSlice['hidden'] = []) => {
      context.patch('test', { text, hidden });
      context.patchStep('test', { error: null });
    },
    fillMask: () => askModel(context),
    fillInTurn: () => fillInTurn(context),
    /** Answers the text of the answer anew, in words or in pieces. */
    chooseUnit: (unit: AnswerUnit) => void askModel(context, unit, context.get().test.answer?.text),
    /** @param typed words with commas between them */
    compareWords: (typed: string) => compare(context, typed),
    scoreFile: (file: { readonly name: string; readonly blob: Blob }) => scoreFile(context, file),
    cancelScoring: () => engine.cancel('test.score'),
  };
}
