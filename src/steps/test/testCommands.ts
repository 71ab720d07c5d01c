/** Commands of the Test step: masked sentences in, predictions out. They are served while training, too. */
import { fillMask, maskLogits } from '../../compute/evaluation/fillMask.ts';
import { readScoreItems, shareWithInterval } from '../../files/scoreItems.ts';
import type { Commands } from '../../studio/rpc.ts';
import { heldOutWords } from '../../studio/worker/heldOutWords.ts';
import { scoreItems } from '../../studio/worker/itemScores.ts';
import type { LiveModel } from '../../studio/worker/liveModel.ts';
import { answerText, scoreText } from '../../studio/worker/modelWords.ts';
import { requireModel, requireTokens, type SessionState } from '../../studio/worker/session.ts';
import { chooseVerses, hiddenWords, questionText } from '../../studio/worker/verses.ts';

export const testCommands = {
  /** Top-k candidates for every mask of a text, by the weights of `step`. */
  'test.fillMask': (state, { text, topK }: { text: string; topK: number }) =>
    timed(state, text, (live) => fillMask(live.roberta, live.tokens.tokenizer, text, topK)),

  /** The likeliest words behind every mask of a text, by the weights of `step`; tokens where its words can't be told apart. */
  'test.fillWords': (state, { text, count }: { text: string; count: number }) =>
    timed(state, text, (live) => answerText(live, text, count)),

  /** How likely words are behind every mask of a text. */
  'test.scoreWords': async (state, { text, words }: { text: string; words: readonly string[] }) =>
    scoreText(await requireModel(state), text, words),

  /** Cloze tests and minimal pairs of a file. @returns null if it was cancelled */
  'test.score': async (state, { name, content }: { name: string; content: string }, signal) => {
    const live = await requireModel(state);
    const { step } = live;
    const items = readScoreItems(name, content);
    const scored = await scoreItems(live, items, (done) => {
      state.emit('test.scoreProgress', { done, total: items.length });
      return !signal.aborted;
    });
    if (scored === null) return null;
    return { items: scored, ...shareWithInterval(scored.filter(({ right }) => right).length, scored.length), step };
  },

  /** Held-out words, for checks against other implementations. */
  'test.heldOutWords': async (state) => heldOutWords(await requireModel(state)),

  /** The raw logits at every mask of a text, for checks against other libraries. */
  'test.logits': async (state, { text }: { text: string }) => {
    const live = await requireModel(state);
    return maskLogits(live.roberta, live.tokens.tokenizer, text);
  },

  /** Verses with masked words, to start from, and the words that stood there; of the training text where nothing is held out. */
  'test.suggestions': async (state, { count }: { count: number }) => {
    const tokens = state.model?.tokens ?? requireTokens(state);
    const seqLength = state.model?.config.pipeline.seqLength ?? 64;
    return chooseVerses(tokens, seqLength, count).map((question) => ({
      text: questionText(tokens.tokenizer, question),
      hidden: hiddenWords(tokens.tokenizer, question),
      heldOut: tokens.heldOut !== null,
    }));
  },
} satisfies Commands<SessionState>;

/** Answers for every mask of a text, how long they took, and by the weights of which step. */
async function timed<T>(state: SessionState, text: string, answer: (live: LiveModel) => Promise<T>) {
  const startedMs = performance.now();
  const live = await requireModel(state);
  const { step } = live;
  const masks = await answer(live);
  const tokens = live.tokens.tokenizer.encodeWithSpecials(text).length;
  return { masks, tokens, elapsedMs: performance.now() - startedMs, step };
}
