/** A text as ids of a tokenizer, with the figures that come from counting them. */
import { FIRST_ORDINARY_ID, type TokenizerConfig } from '../core/config.ts';
import { type Corpus, documentLines } from '../core/data/corpus.ts';
import { type EncodedDocuments, encodeDocuments } from '../core/pipeline/encodeDocuments.ts';
import type { Tokenizer } from '../core/tokenizer/tokenizer.ts';
import type { LoadedText, TokenizedText } from './session.ts';
import { driveInSlices } from './yieldToMessages.ts';

/** @param goOn asked between slices of the work. @returns null if it said no */
export async function tokenizeText(
  text: LoadedText,
  config: TokenizerConfig,
  tokenizer: Tokenizer,
  goOn: () => boolean,
): Promise<TokenizedText | null> {
  const training = await encodeShare(text.corpus, text.split.trainingDocuments, tokenizer, goOn);
  const heldOut = training && (await encodeShare(text.corpus, text.split.heldOutDocuments, tokenizer, goOn));
  return training && heldOut && describeTokens(text, config, tokenizer, training, heldOut);
}

function encodeShare(
  corpus: Corpus,
  documents: readonly number[],
  tokenizer: Tokenizer,
  goOn: () => boolean,
): Promise<EncodedDocuments | null> {
  const lines = function* () {
    for (const index of documents) yield documentLines(corpus, index);
  };
  return driveInSlices(encodeDocuments(lines(), tokenizer), goOn);
}

function describeTokens(
  text: LoadedText,
  config: TokenizerConfig,
  tokenizer: Tokenizer,
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

/** Tokens and UTF-8 bytes of a share, line breaks left out. A token in the byte alphabet has one character a byte. */
export function ordinaryTokens(counts: Uint32Array, tokenizer: Tokenizer): { tokens: number; bytes: number } {
  let tokens = 0;
  let bytes = 0;
  for (let id = FIRST_ORDINARY_ID; id < counts.length; id++) {
    if (id === tokenizer.lineBreakId) continue;
    const count = counts[id] ?? 0;
    tokens += count;
    bytes += count * tokenizer.tokenOf(id).length;
  }
  return { tokens, bytes };
}
