/**
 * Which tokens are to be predicted, and what the model sees in their place. The decision is a hash of the token's place in
 * the text, so it does not depend on how the text is cut into rows nor on the order in which rows are asked for.
 */
import { FIRST_ORDINARY_ID, MASK_ID, type MaskingStrategy, type MaskingUnit } from '../../core/config.ts';
import { deriveSeed, uniformAt } from '../../core/rng.ts';
import type { EncodedDocuments } from './encodeDocuments.ts';

export interface MaskingRule {
  /** Share of the maskable tokens that is chosen. */
  readonly rate: number;
  readonly strategy: MaskingStrategy;
  readonly unit: MaskingUnit;
  readonly vocabSize: number;
}

/** What a mask needs to know of the text that it lies over. */
type MaskedText = Pick<EncodedDocuments, 'lineBreakId' | 'wordStarts'>;

/** Returned for a token that was not chosen. */
export const NOT_CHOSEN = -1;

/**
 * @param tokenIndex the token's place in `EncodedDocuments.ids`
 * @param id the token
 * @returns the id that the model sees where the token was chosen, else {@link NOT_CHOSEN}
 */
export type Masker = (tokenIndex: number, id: number) => number;

/** What becomes of a chosen token, by a uniform number: below `mask` it is `<mask>`, below `random` a random token, else itself. */
const STRATEGY_BOUNDS: Readonly<Record<MaskingStrategy, { readonly mask: number; readonly random: number }>> = {
  bert: { mask: 0.8, random: 0.9 },
  mask: { mask: 1, random: 1 },
  noUnchanged: { mask: 0.9, random: 1 },
};

/** Whether a token may be chosen: special tokens and line breaks are structure. */
export function isMaskable(id: number, lineBreakId: number): boolean {
  return id >= FIRST_ORDINARY_ID && id !== lineBreakId;
}

/** Words in a span at most, and the share of the spans of k words that go on to k + 1. Source: SpanBERT, section 3.1. */
const SPAN_WORDS = 10;
const SPAN_GOES_ON = 0.8;

/**
 * A mask over a whole text, from one seed.
 * Source: BERT (Devlin et al. 2019), section 3.1, task 1; SpanBERT (Joshi et al. 2020), section 3.1, for spans. What becomes
 * of a chosen token is drawn for each token, as in BERT's own whole-word masking.
 */
export function createMasker(rule: MaskingRule, seed: number, text: MaskedText): Masker {
  const isChosen = createChooser(rule, deriveSeed(seed, 'choose'), text);
  const actionSeed = deriveSeed(seed, 'action');
  const randomSeed = deriveSeed(seed, 'random');
  const bounds = STRATEGY_BOUNDS[rule.strategy];
  return (tokenIndex, id) => {
    if (!isMaskable(id, text.lineBreakId) || !isChosen(tokenIndex)) return NOT_CHOSEN;
    const action = uniformAt(actionSeed, tokenIndex);
    if (action < bounds.mask) return MASK_ID;
    return action < bounds.random ? randomToken(rule, text.lineBreakId, uniformAt(randomSeed, tokenIndex)) : id;
  };
}

/** A token uniform over the ordinary ids without the line break. */
function randomToken({ vocabSize }: MaskingRule, lineBreakId: number, uniform: number): number {
  const id = FIRST_ORDINARY_ID + Math.floor(uniform * (vocabSize - FIRST_ORDINARY_ID - 1));
  return id < lineBreakId ? id : id + 1;
}

/** Which places of the text are chosen, whatever stands there. */
function createChooser({ rate, unit }: MaskingRule, seed: number, text: MaskedText): (tokenIndex: number) => boolean {
  if (unit === 'token') return (tokenIndex) => uniformAt(seed, tokenIndex) < rate;
  if (unit === 'word') return (tokenIndex) => uniformAt(seed, wordStart(text, tokenIndex)) < rate;
  const share = spanShare(rate);
  const lengthSeed = deriveSeed(seed, 'length');
  return (tokenIndex) => {
    let start = wordStart(text, tokenIndex);
    for (let words = 0; words < SPAN_WORDS && start >= 0; words++) {
      const goesThisFar = uniformAt(lengthSeed, start) < SPAN_GOES_ON ** words;
      if (goesThisFar && uniformAt(seed, start) < share) return true;
      start = start === 0 ? -1 : wordStart(text, start - 1);
    }
    return false;
  };
}

/** The place of the first token of a token's word. */
function wordStart({ wordStarts }: MaskedText, tokenIndex: number): number {
  let start = tokenIndex;
  while (start > 0 && wordStarts[start] !== 1) start--;
  return start;
}

/**
 * The share of the words that begin a span, so that spans, which may overlap, cover the wanted share of all words: a word is
 * left uncovered where none of the ten spans that could reach it begins.
 * @example spanShare(0.15) // 0.0359…
 */
function spanShare(rate: number): number {
  const covered = (share: number): number => {
    let uncovered = 1;
    for (let words = 0; words < SPAN_WORDS; words++) uncovered *= 1 - share * SPAN_GOES_ON ** words;
    return 1 - uncovered;
  };
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    if (covered(middle) < rate) low = middle;
    else high = middle;
  }
  return low;
}
