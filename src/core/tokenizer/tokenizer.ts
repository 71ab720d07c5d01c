/** Text to token ids and back, as Hugging Face's tokenizer does with the files that Folio writes. */
import { BOS_ID, EOS_ID, FIRST_ORDINARY_ID, MASK_ID, SPECIAL_TOKENS } from '../config.ts';
import type { TrainedBpe } from './bpeTrainer.ts';
import { characterOfByte, writeUtf8 } from './byteAlphabet.ts';
import { wordEnd } from './preTokenize.ts';
import { decodeBytes, displayText, tokenBytes } from './tokenText.ts';
import { createWordEncoder } from './wordEncoder.ts';

/** A token with its UTF-16 range in the text; a token that is part of a character has the whole character's range. */
interface TokenSpan {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

export interface Tokenizer {
  readonly trained: TrainedBpe;
  readonly vocabSize: number;
  /** Id of "\n". */
  readonly lineBreakId: number;
  /** Ids of a text. Special tokens in it are recognised (`<mask>` takes the white space on its left), none are added. */
  encode(text: string): number[];
  /** Ids of a text in which the names of special tokens are ordinary text. */
  encodeOrdinary(text: string): number[];
  /** Ids of each word of a text, in the same way. */
  encodeWords(text: string): (readonly number[])[];
  /** `<s>` … `</s>`, as `encode()` of the library. */
  encodeWithSpecials(text: string): number[];
  /** As `encode`, with the range of each token; the ranges cover the text. */
  encodeDetailed(text: string): TokenSpan[];
  /** Text of ids. Bytes are collected across tokens; those that are not UTF-8 become U+FFFD. Ids beyond the vocabulary are left out. */
  decode(ids: ArrayLike<number>, options?: { readonly skipSpecialTokens?: boolean }): string;
  /** The token in the byte alphabet. */
  tokenOf(id: number): string;
  idOf(token: string): number | undefined;
  /** The id that the model's files have, and that a person sees. */
  fileIdOf(id: number): number;
  /** The token as text; bytes that are no text on their own as "\xE2". */
  textOf(id: number): string;
}

const SPECIAL_PATTERN = new RegExp(SPECIAL_TOKENS.join('|'), 'gu');
/** White space at the end of a text, as the library sees it. */
const TRAILING_SPACE = /\p{White_Space}$/u;

/** A piece of a text: a special token with the text that it takes, or the ordinary text between two. */
interface Piece {
  readonly start: number;
  readonly end: number;
  /** -1: ordinary text. */
  readonly specialId: number;
}

/** Cuts a text at the special tokens in it. */
function splitAtSpecials(text: string, maskTakesSpace: boolean): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  for (const match of text.matchAll(SPECIAL_PATTERN)) {
    const specialId = SPECIAL_TOKENS.indexOf(match[0] as (typeof SPECIAL_TOKENS)[number]);
    let start = match.index;
    if (maskTakesSpace && specialId === MASK_ID)
      while (start > position && TRAILING_SPACE.test(text[start - 1] as string)) start--;
    if (start > position) pieces.push({ start: position, end: start, specialId: -1 });
    position = match.index + match[0].length;
    pieces.push({ start, end: position, specialId });
  }
  if (position < text.length) pieces.push({ start: position, end: text.length, specialId: -1 });
  return pieces;
}

/** Where a tokenizer from elsewhere differs from Folio's own. */
export interface TokenizerTraits {
  /** Whether `<mask>` takes the white space on its left, as in RoBERTa's own tokenizer. */
  readonly maskTakesSpace: boolean;
  /** Id in the model's files of each id; null: the same. */
  readonly fileIds: Int32Array | null; // [V]
}

const OWN_TRAITS: TokenizerTraits = { maskTakesSpace: true, fileIds: null };

/** A tokenizer from its vocabulary and merges. */
export function createTokenizer(
  trained: TrainedBpe,
  { maskTakesSpace, fileIds }: TokenizerTraits = OWN_TRAITS,
): Tokenizer {
  const { tokens } = trained;
  const idOfToken = new Map(tokens.map((token, id) => [token, id]));
  const bytesOf = (id: number): Uint8Array => tokenBytes(tokens[id] as string);
  return {
    trained,
    vocabSize: tokens.length,
    lineBreakId: idOfToken.get(characterOfByte(0x0a)) as number,
    ...createEncoder(trained, idOfToken, maskTakesSpace),
    decode: (ids, { skipSpecialTokens = false } = {}) => {
      const first = skipSpecialTokens ? FIRST_ORDINARY_ID : 0;
      const known = Array.from(ids).filter((id) => id >= first && id < tokens.length);
      return decodeBytes(known.map(bytesOf));
    },
    tokenOf: (id) => tokens[id] ?? '',
    idOf: (token) => idOfToken.get(token),
    fileIdOf: (id) => fileIds?.[id] ?? id,
    textOf: (id) => (tokens[id] === undefined ? '' : displayText(bytesOf(id))),
  };
}

type Encoder = Pick<Tokenizer, 'encode' | 'encodeOrdinary' | 'encodeWords' | 'encodeWithSpecials' | 'encodeDetailed'>;

function createEncoder(trained: TrainedBpe, idOfToken: ReadonlyMap<string, number>, maskTakesSpace: boolean): Encoder {
  const words = createWordEncoder(trained, idOfToken);
  const append = (text: string, start: number, end: number, ids: number[]): void => {
    for (let at = start; at < end; ) {
      const next = wordEnd(text, at, end);
      for (const id of words.encode(text.slice(at, next))) ids.push(id);
      at = next;
    }
  };
  const encode = (text: string): number[] => {
    const ids: number[] = [];
    for (const { start, end, specialId } of splitAtSpecials(text, maskTakesSpace)) {
      if (specialId < 0) append(text, start, end, ids);
      else ids.push(specialId);
    }
    return ids;
  };
  return {
    encode,
    encodeOrdinary: (text) => {
      const ids: number[] = [];
      append(text, 0, text.length, ids);
      return ids;
    },
    encodeWords: (text) => {
      const found: (readonly number[])[] = [];
      for (let at = 0; at < text.length; ) {
        const next = wordEnd(text, at, text.length);
        found.push(words.encode(text.slice(at, next)));
        at = next;
      }
      return found;
    },
    encodeWithSpecials: (text) => [BOS_ID, ...encode(text), EOS_ID],
    encodeDetailed: (text) =>
      splitAtSpecials(text, maskTakesSpace).flatMap(({ start, end, specialId }) => {
        if (specialId >= 0) return [{ id: specialId, start, end }];
        const ids: number[] = [];
        append(text, start, end, ids);
        return spansOf(text, start, end, ids, trained.tokens);
      }),
  };
}

/** The ranges of the tokens of ordinary text: from the character of a token's first byte to that of its last. */
function spansOf(
  text: string,
  start: number,
  end: number,
  ids: readonly number[],
  tokens: readonly string[],
): TokenSpan[] {
  const bytes = new Uint8Array(3 * (end - start));
  const origins = new Int32Array(bytes.length);
  writeUtf8(text, start, end, bytes, 0, origins);
  let offset = 0;
  return ids.map((id) => {
    const first = origins[offset] as number;
    // A token in the byte alphabet has one character a byte.
    offset += (tokens[id] as string).length;
    const last = origins[offset - 1] as number;
    return { id, start: first, end: last + characterUnits(text, last, end) };
  });
}

/** UTF-16 units of the character at a position. */
function characterUnits(text: string, position: number, end: number): number {
  const isPair = position + 1 < end && (text.codePointAt(position) as number) > 0xffff;
  return isPair ? 2 : 1;
}
