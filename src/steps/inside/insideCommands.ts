/** Commands that look inside the model. They read it between two steps, so that training goes on meanwhile. */
import {
  type HiddenTokenScore,
  type Stretch,
  scoreHidden,
  tokensAPass,
  windowAround,
} from '../../compute/inside/hiddenTokens.ts';
import { type LayerReading, lookInside } from '../../compute/inside/look.ts';
import { Roberta } from '../../compute/model/robertaModel.ts';
import { BOS_ID, EOS_ID, FIRST_ORDINARY_ID, MASK_ID } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { TokenSurprise } from '../../core/inside/textSurprise.ts';
import { nearestRows, principalComponents } from '../../core/inside/vocabularyMap.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import { drawWeights } from '../../model/initialize.ts';
import { WORD_TABLE } from '../../model/roberta.ts';
import { type Commands, moving, type ResultOf } from '../../studio/rpc.ts';
import { type LiveModel, tokenCounts } from '../../studio/worker/liveModel.ts';
import { requireModel, type SessionState } from '../../studio/worker/session.ts';
import { documentLines } from '../../text/documentTable.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { encodeText } from '../tokenizer/tokenizerCommands.ts';

/** More tokens than this can't be told apart in a map. */
const LONGEST_LOOK = 128;
/** A pass for each token: more would take minutes on a slow device. */
const LONGEST_PASSAGE = 2000;
/** Tokens around a hidden one, for models from elsewhere whose row length is not known. */
const LONGEST_CONTEXT = 254;
const GUESSES = 5;
/** Of a held-out document, as a passage to start from. */
const PASSAGE_LINES = 14;

/** Which weights look: those of now, or the ones that the run started from. */
type LookWeights = 'now' | 'start';

interface LookQuery {
  readonly text: string;
  /** Places in its tokens. */
  readonly hidden: readonly number[];
  readonly weights: LookWeights;
}

export type TextLook = ResultOf<(typeof insideCommands)['inside.look']>;
export type VocabularyMap = ResultOf<(typeof insideCommands)['inside.map']>;

export const insideCommands = {
  /** A text on its way through the model: attention, and what the head makes of each layer. */
  'inside.look': async (state, { text, hidden, weights }: LookQuery) => {
    const startedMs = performance.now();
    const live = await requireModel(state);
    const { tokenizer } = live.tokens;
    const tokens = encodeText(tokenizer, text, (id) => id < FIRST_ORDINARY_ID);
    assertLength(text, tokens.length, Math.min(LONGEST_LOOK, live.config.model.maxPositionEmbeddings - 2));
    const ids = [BOS_ID, ...tokenizer.encode(text), EOS_ID];
    const asked = new Set(hidden);
    const read = ids.map((id, place) => (asked.has(place) && id >= FIRST_ORDINARY_ID ? MASK_ID : id));
    const step = weights === 'now' ? live.step : 0;
    const { attention, layers } = await withWeights(live, weights, (roberta) =>
      lookInside(roberta, read, ids, GUESSES),
    );
    return {
      /** As typed, so that hidden ones still have their text. */
      tokens,
      /** Places that were hidden: masks of the text, and those asked for. */
      hidden: [...read.keys()].filter((place) => read[place] === MASK_ID),
      attention,
      /** After the embeddings and after each layer. */
      layers: layers.map((cells) => cells.map((cell) => lensCell(tokenizer, cell))), // [L + 1][T]
      step,
      /** Whether the weights that the run started from can be drawn again: those of an opened model are not in its files. */
      startKnown: live.startedFrom === null,
      elapsedMs: performance.now() - startedMs,
    };
  },

  /** The next few tokens of a text, from the given one on, each hidden in turn. */
  'inside.surprise': async (state, { text, from }: { text: string; from: number }) => {
    const live = await requireModel(state);
    const { tokenizer } = live.tokens;
    const spans = tokenizer.encodeDetailed(text);
    assertLength(text, spans.length, LONGEST_PASSAGE);
    const { lineBreakId } = tokenizer;
    const scored = [...spans.keys()].filter((index) => {
      const id = spans[index]?.id ?? lineBreakId;
      return id >= FIRST_ORDINARY_ID && id !== lineBreakId;
    });
    const ids = spans.map(({ id }) => id);
    const context = Math.min(contextOf(live), ids.length);
    const asked = scored.slice(from, from + tokensAPass(live.roberta, context)).map((index) => {
      const stretch =
        live.config.pipeline.packing === 'lines' ? lineAround(ids, index, lineBreakId) : ([0, ids.length] as const);
      return { index, window: windowAround(index, stretch, context) };
    });
    const { step } = live;
    const scores = asked.length === 0 ? [] : await scoreHidden(live.roberta, ids, asked, context);
    const items = scores.map((score) => surpriseItem(tokenizer, score, spans[score.index]));
    // `total`: tokens that are scored in the whole text; `context`: tokens that the model sees at a time.
    return { items, total: scored.length, context, step };
  },

  /** A held-out document to measure, else one that was trained on; empty where no text is loaded. */
  'inside.passage': async (state) => {
    const { text } = (await requireModel(state)).tokens;
    const document = text.split.heldOutDocuments[0] ?? text.split.trainingDocuments[0];
    if (document === undefined) return '';
    return documentLines(text.corpus, document).slice(0, PASSAGE_LINES).join('\n');
  },

  /** The vocabulary on the two main axes of its embeddings; everything by place, N tokens. */
  'inside.map': async (state) => {
    const live = await requireModel(state);
    const { step } = live;
    const { tokenizer, counts: countOf } = live.tokens;
    const { hiddenSize } = live.config.model;
    const used = usedTokens(live);
    const table = await live.roberta.readParameter(WORD_TABLE); // [V, H]
    const rows = new Float32Array(used.length * hiddenSize);
    for (const [row, id] of used.entries()) {
      rows.set(table.subarray(id * hiddenSize, (id + 1) * hiddenSize), row * hiddenSize);
    }
    const { points, shares } = await principalComponents(rows, hiddenSize, yieldToMessages);
    const ids = Int32Array.from(used, (id) => tokenizer.fileIdOf(id)); // [N], as in the model's files
    const counts = Uint32Array.from(used, (id) => countOf[id] ?? 0); // [N], in the training share
    const texts = used.map((id) => tokenizer.textOf(id));
    // Tokens that the text never uses, which are left out.
    const unused = tokenizer.tokenCount - FIRST_ORDINARY_ID - used.length;
    // `shares`: of the variance along each axis.
    return moving({ ids, texts, counts, points, shares, unused, step }, [ids, counts, points]);
  },

  /** The tokens of the map whose embeddings point most nearly where that of one points; ids as in the model's files. */
  'inside.neighbours': async (state, { id, count }: { id: number; count: number }) => {
    const live = await requireModel(state);
    const { tokenizer, counts } = live.tokens;
    const used = new Set(usedTokens(live));
    const own = [...used].find((candidate) => tokenizer.fileIdOf(candidate) === id);
    if (own === undefined) return [];
    const table = await live.roberta.readParameter(WORD_TABLE);
    return nearestRows(table, live.config.model.hiddenSize, own, count, (row) => used.has(row)).map(
      ({ row, cosine }) => ({
        id: tokenizer.fileIdOf(row),
        text: tokenizer.textOf(row),
        cosine,
        count: counts[row] ?? 0,
      }),
    );
  },
} satisfies Commands<SessionState>;

/** @throws StudioError `insideEmpty`, `insideTooLong` */
function assertLength(text: string, tokens: number, maximum: number): void {
  if (text.trim() === '') throw new StudioError('insideEmpty', 'no text');
  if (tokens <= maximum) return;
  throw new StudioError('insideTooLong', `${tokens} tokens of at most ${maximum}`, { tokens, maximum });
}

/** What the head reads out of one position after one layer, best first; `own` is of the token that stands there. */
function lensCell(tokenizer: Tokenizer, { best, own }: LayerReading) {
  return { best: best.map(({ token, score }) => ({ text: tokenizer.textOf(token), probability: score })), own };
}

/** Looks at the weights of now, or at those that the run started from: drawn again for as long as it takes. */
async function withWeights<T>(
  live: LiveModel,
  weights: LookWeights,
  look: (roberta: Roberta) => Promise<T>,
): Promise<T> {
  if (weights === 'now') return look(live.roberta);
  if (live.startedFrom !== null)
    throw new StudioError('internal', 'the first weights of an opened model are not known');
  const { model, training } = live.config;
  const { vocabSize } = live.tokens.tokenizer;
  const drawn = drawWeights(model, vocabSize, training.seed, tokenCounts(live.tokens));
  const roberta = new Roberta(model, vocabSize, drawn);
  try {
    return await look(roberta);
  } finally {
    roberta.dispose();
  }
}

/** The line of a token: a model that was trained on single lines has never read two. */
function lineAround(ids: readonly number[], index: number, lineBreakId: number): Stretch {
  const end = ids.indexOf(lineBreakId, index);
  return [ids.lastIndexOf(lineBreakId, index) + 1, end < 0 ? ids.length : end];
}

/** Tokens around a hidden one: as many as in the rows of the training. */
function contextOf({ config: { model, pipeline }, startedFrom }: LiveModel): number {
  const longest = model.maxPositionEmbeddings - 4;
  return Math.min(longest, startedFrom !== null ? LONGEST_CONTEXT : pipeline.seqLength - 2);
}

function surpriseItem(
  tokenizer: Tokenizer,
  { nats, likelier, guess }: HiddenTokenScore,
  span: { readonly start: number; readonly end: number } | undefined,
): TokenSurprise {
  const { start, end } = span ?? { start: 0, end: 0 };
  return { start, end, nats, likelier, guess: tokenizer.textOf(guess.token), guessProbability: guess.score };
}

/** Ordinary tokens that the text uses; all of them where there is no text. */
function usedTokens({ tokens: { tokenizer, counts } }: LiveModel): number[] {
  const all = Array.from({ length: tokenizer.tokenCount - FIRST_ORDINARY_ID }, (_, index) => FIRST_ORDINARY_ID + index);
  const used = all.filter((id) => (counts[id] ?? 0) > 0);
  return used.length === 0 ? all : used;
}
