/** The reference lines of a tokenized text, computed once, between messages. */

import { driveInSlices } from '../../core/yieldToMessages.ts';
import { heldOutExtent } from '../../text/batches/heldOut.ts';
import { type ReferenceLines, referenceLines } from '../../text/reference/referenceLines.ts';
import type { TokenizedText } from './liveModel.ts';

const known = new WeakMap<TokenizedText, Promise<ReferenceLines | null>>();

/** @returns null where nothing is held out: there is nothing to compare with then */
export function referenceLinesOf(tokens: TokenizedText): Promise<ReferenceLines | null> {
  const found = known.get(tokens) ?? computeLines(tokens);
  known.set(tokens, found);
  return found;
}

async function computeLines({ training, heldOut, text, tokenizer }: TokenizedText): Promise<ReferenceLines | null> {
  if (heldOut === null) return null;
  const { splitSeed } = text.dataConfig;
  const settings = { ...heldOutExtent(heldOut, 'final'), splitSeed, vocabSize: tokenizer.tokenCount };
  return driveInSlices(referenceLines(training, heldOut, settings), () => true);
}
