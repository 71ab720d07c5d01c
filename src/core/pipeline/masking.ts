/**
 * Which tokens are to be predicted, and what the model sees in their place. The decision is a hash of the token's place in
 * the text, so it does not depend on how the text is cut into rows nor on the order in which rows are asked for.
 */
import { FIRST_ORDINARY_ID, MASK_ID, type MaskingStrategy } from '../config.ts';
import { deriveSeed, uniformAt } from '../rng.ts';

export interface MaskingRule {
  /** Share of the maskable tokens that is chosen. */
  readonly rate: number;
  readonly strategy: MaskingStrategy;
  readonly vocabSize: number;
  readonly lineBreakId: number;
}

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

/**
 * A mask over a whole text, from one seed.
 * Source: BERT (Devlin et al. 2019), section 3.1, task 1.
 */
export function createMasker(rule: MaskingRule, seed: number): Masker {
  const chooseSeed = deriveSeed(seed, 'choose');
  const actionSeed = deriveSeed(seed, 'action');
  const randomSeed = deriveSeed(seed, 'random');
  const bounds = STRATEGY_BOUNDS[rule.strategy];
  return (tokenIndex, id) => {
    if (!isMaskable(id, rule.lineBreakId) || uniformAt(chooseSeed, tokenIndex) >= rule.rate) return NOT_CHOSEN;
    const action = uniformAt(actionSeed, tokenIndex);
    if (action < bounds.mask) return MASK_ID;
    return action < bounds.random ? randomToken(rule, uniformAt(randomSeed, tokenIndex)) : id;
  };
}

/** A token uniform over the ordinary ids without the line break. */
function randomToken({ vocabSize, lineBreakId }: MaskingRule, uniform: number): number {
  const id = FIRST_ORDINARY_ID + Math.floor(uniform * (vocabSize - FIRST_ORDINARY_ID - 1));
  return id < lineBreakId ? id : id + 1;
}
