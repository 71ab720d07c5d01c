/** A text as ids of a tokenizer, with the figures that come from counting them. */
import { onceFor } from '../../core/collections.ts';
import { FIRST_ORDINARY_ID } from '../../core/config.ts';
import { driveInSlices } from '../../core/yieldToMessages.ts';
import { type EncodedDocuments, encodeDocuments } from '../../text/batches/encodeDocuments.ts';
import { heldOutExtent } from '../../text/batches/heldOutBatches.ts';
import { linesOf } from '../../text/documentTable.ts';
import { type ReferenceLines, referenceLines } from '../../text/reference/referenceLines.ts';
import { tokenBytes } from '../../text/tokenizer/byteAlphabet.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { askedWords } from './heldOutWords.ts';
import type { LoadedText, TokenizedText } from './liveModel.ts';

type HowToRead = Pick<TokenizedText, 'config' | 'tokenizer' | 'origin'>;

/** @param goOn asked between slices of the work. @returns null if it said no */
export async function tokenizeText(text: LoadedText, how: HowToRead): Promise<TokenizedText>;
export async function tokenizeText(
  text: LoadedText,
  how: HowToRead,
  goOn: () => boolean,
): Promise<TokenizedText | null>;
export async function tokenizeText(
  text: LoadedText,
  how: HowToRead,
  goOn = (): boolean => true,
): Promise<TokenizedText | null> {
  const { trainingDocuments, heldOutDocuments } = text.split;
  const encode = (documents: readonly number[]): Promise<EncodedDocuments | null> =>
    driveInSlices(encodeDocuments(linesOf(text.corpus, documents), how.tokenizer), goOn);
  const training = await encode(trainingDocuments);
  const heldOut = training && (await encode(heldOutDocuments));
  return training && heldOut && describeTokens(text, how, training, heldOut);
}

function describeTokens(
  text: LoadedText,
  { config, tokenizer, origin }: HowToRead,
  training: EncodedDocuments,
  heldOut: EncodedDocuments,
): TokenizedText {
  const counts = countIds(training, tokenizer.vocabSize);
  const measured = heldOut.ids.length > 0 ? countIds(heldOut, tokenizer.vocabSize) : counts;
  const { tokens, bytes } = ordinaryTokens(measured, tokenizer);
  return {
    text,
    config,
    tokenizer,
    origin,
    training,
    heldOut: heldOut.ids.length > 0 ? heldOut : null,
    counts,
    tokensPerByte: tokens / Math.max(1, bytes),
  };
}

function countIds({ ids }: EncodedDocuments, vocabSize: number): Uint32Array {
  const counts = new Uint32Array(vocabSize);
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** Tokens and UTF-8 bytes of a share, line breaks left out. */
export function ordinaryTokens(counts: Uint32Array, tokenizer: Tokenizer): { tokens: number; bytes: number } {
  let tokens = 0;
  let bytes = 0;
  for (let id = FIRST_ORDINARY_ID; id < tokenizer.tokenCount; id++) {
    if (id === tokenizer.lineBreakId) continue;
    const count = counts[id] ?? 0;
    tokens += count;
    bytes += count * tokenBytes(tokenizer.tokenOf(id)).length;
  }
  return { tokens, bytes };
}

/**
 * The reference lines of a tokenized text, computed once, between messages.
 * @returns null where nothing is held out: there is nothing to compare with then
 */
export const referenceLinesOf = onceFor(computeLines);

async function computeLines(tokens: TokenizedText): Promise<ReferenceLines | null> {
  const { training, heldOut, text, tokenizer } = tokens;
  if (heldOut === null) return null;
  const { splitSeed } = text.dataConfig;
  const settings = { ...heldOutExtent(heldOut, 'final'), splitSeed, vocabSize: tokenizer.tokenCount };
  const lines = await driveInSlices(referenceLines(training, heldOut, settings));
  return { ...lines, words: (await askedWords(tokens))?.table ?? null };
}
