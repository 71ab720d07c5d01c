/** Text to token ids and back, as Hugging Face's tokenizer does with the files that Folio writes. */
import { BOS_ID, EOS_ID } from '../../core/config.ts';
import { type AddedToken, createSplitter, OWN_ADDED, type Piece } from './addedTokens.ts';
import type { TrainedBpe } from './bpeTrainer.ts';
import { characterOfByte, decodeBytes, displayText, tokenBytes } from './byteAlphabet.ts';
import { type Aligned, type Normalizer, normalize, normalizeAligned } from './normalizers.ts';
import { wordEnd } from './preTokenize.ts';
import { createWordEncoder } from './wordEncoder.ts';

/** Where a tokenizer from elsewhere differs from Folio's own. */
export interface TokenizerTraits {
  /** The five special tokens, and what is looked for beside them. */
  readonly added: readonly AddedToken[];
  /** What is done to ordinary text before it is cut into words, in order. */
  readonly normalizers: readonly Normalizer[];
  /** Whether ordinary text that does not start with a space is read as if it did (add_prefix_space). */
  readonly putsSpaceBefore: boolean;
  /** Id in the model's files of each row of the model, rows without a token last; null: as many as tokens, the same ids. */
  readonly fileIds: Int32Array | null; // [V]
}

const OWN_TRAITS: TokenizerTraits = { added: OWN_ADDED, normalizers: [], putsSpaceBefore: false, fileIds: null };

export type Tokenizer = ReturnType<typeof createTokenizer>;

/** A tokenizer from its vocabulary and merges. */
export function createTokenizer(trained: TrainedBpe, traits: TokenizerTraits = OWN_TRAITS) {
  const { tokens } = trained;
  const { fileIds } = traits;
  const idOfToken: ReadonlyMap<string, number> = new Map(tokens.map((token, id) => [token, id]));
  const bytesOf = (id: number): Uint8Array => tokenBytes(tokens[id] as string);
  const special = new Set(traits.added.flatMap((token) => (token.special ? token.id : [])));
  return {
    trained,
    /** Where it differs from Folio's own. */
    traits,
    /** Tokens: what a text can become. */
    tokenCount: tokens.length,
    /** V: rows of the model. A model from elsewhere may have more of them than there are tokens. */
    vocabSize: fileIds?.length ?? tokens.length,
    /** Id of "\n". */
    lineBreakId: idOfToken.get(characterOfByte(0x0a)) as number,
    ...createEncoder(trained, idOfToken, traits),
    /** Text of ids. Bytes are collected across tokens; those that are not UTF-8 become U+FFFD. Ids beyond the vocabulary are left out. */
    decode: (ids: ArrayLike<number>, { skipSpecialTokens = false } = {}): string => {
      const shown = Array.from(ids).filter((id) => id < tokens.length && !(skipSpecialTokens && special.has(id)));
      return decodeBytes(shown.map(bytesOf));
    },
    isSpecial: (id: number): boolean => special.has(id),
    /** The token in the byte alphabet. */
    tokenOf: (id: number): string => tokens[id] ?? '',
    idOf: (token: string): number | undefined => idOfToken.get(token),
    /** The id that the model's files have, and that a person sees. */
    fileIdOf: (id: number): number => fileIds?.[id] ?? id,
    /** The token as text; "▯" for bytes that are a part of a character. */
    textOf: (id: number): string => (tokens[id] === undefined ? '' : displayText(bytesOf(id))),
  };
}

function createEncoder(
  trained: TrainedBpe,
  idOfToken: ReadonlyMap<string, number>,
  { added, normalizers, putsSpaceBefore }: TokenizerTraits,
) {
  const encodeWord = createWordEncoder(trained, idOfToken);
  const cut = createCutter(added, normalizers);
  /** Hands over the ids of each word of ordinary text. */
  const passWords = (text: string, start: number, end: number, take: (ids: readonly number[]) => void): void => {
    if (putsSpaceBefore && text[start] !== ' ') {
      passWords(` ${text.slice(start, end)}`, 0, end - start + 1, take);
      return;
    }
    for (let at = start; at < end; ) {
      const next = wordEnd(text, at, end);
      take(encodeWord(text.slice(at, next)));
      at = next;
    }
  };
  const encode = (text: string): number[] => {
    const ids: number[] = [];
    for (const { text: read, start, end, id } of cut(text, false)) {
      if (id >= 0) ids.push(id);
      else passWords(read, start, end, (word) => append(ids, word));
    }
    return ids;
  };
  return {
    /** Ids of a text. Special tokens in it are recognised (`<mask>` takes the white space on its left), none are added. */
    encode,
    /** Ids of each word of a text in which the names of special tokens are ordinary text. */
    encodeWords: (text: string): (readonly number[])[] => {
      const found: (readonly number[])[] = [];
      for (const { text: read, start, end, id } of cut(text, true)) {
        if (id >= 0) found.push([id]);
        else passWords(read, start, end, (word) => found.push(word));
      }
      return found;
    },
    /** `<s>` … `</s>`, as `encode()` of the library. */
    encodeWithSpecials: (text: string): number[] => [BOS_ID, ...encode(text), EOS_ID],
    /** As `encode`, with the ranges of the tokens, which cover the text; one that is part of a character has that character's. */
    encodeDetailed: (text: string): Piece[] =>
      cut(text, false).flatMap(({ text: read, start, end, id, placeOf }) => {
        if (id >= 0) return [placeOf({ id, start, end })];
        const ids: number[] = [];
        passWords(read, start, end, (word) => append(ids, word));
        const isShifted = putsSpaceBefore && read[start] !== ' ';
        return spansOf(read, start, end, ids, trained.tokens, isShifted).map(placeOf);
      }),
  };
}

/** A piece of the text as it is read; `placeOf` says where a part of it lies in the text as it was given. */
interface ReadPiece extends Piece {
  readonly text: string;
  readonly placeOf: (span: Piece) => Piece;
}

const asGiven = (span: Piece): Piece => span;

/** Cuts a text at its added tokens and normalizes what is between them; those that are looked for later are looked for there. */
function createCutter(
  added: readonly AddedToken[],
  normalizers: readonly Normalizer[],
): (text: string, ordinary: boolean) => ReadPiece[] {
  if (normalizers.length === 0) {
    const split = createSplitter(added);
    return (text, ordinary) => split(text, ordinary).map((piece) => ({ ...piece, text, placeOf: asGiven }));
  }
  const split = createSplitter(added.filter(({ later }) => !later));
  const normalized = added.map((token) => ({ ...token, content: normalize(normalizers, token.content) }));
  const splitLater = createSplitter(normalized.filter(({ later, content }) => later && content !== ''));
  return (text, ordinary) =>
    split(text, ordinary).flatMap((piece): ReadPiece[] => {
      if (piece.id >= 0) return [{ ...piece, text, placeOf: asGiven }];
      const given = text.slice(piece.start, piece.end);
      const read = normalize(normalizers, given);
      let aligned: Aligned | null = null;
      const placeOf = ({ id, start, end }: Piece): Piece => {
        aligned ??= normalizeAligned(normalizers, given);
        const [first = 0, last = 0] = [aligned.starts[start], aligned.ends[end - 1]];
        return { id, start: piece.start + first, end: piece.start + last };
      };
      return splitLater(read, ordinary).map((part) => ({ ...part, text: read, placeOf }));
    });
}

/** A word may have more ids than a call may have arguments. */
function append(ids: number[], more: readonly number[]): void {
  for (const id of more) ids.push(id);
}

/**
 * The ranges of the tokens of ordinary text: from the character of a token's first byte to that of its last.
 * @param isShifted whether the tokens have a space before them that the text has not
 */
function spansOf(
  text: string,
  start: number,
  end: number,
  ids: readonly number[],
  tokens: readonly string[],
  isShifted: boolean,
): Piece[] {
  /** Of each byte the position of its character. */
  const origins: number[] = isShifted ? [start] : [];
  for (let at = start; at < end; at += characterUnits(text, at, end)) {
    const code = text.charCodeAt(at);
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : characterUnits(text, at, end) + 2;
    for (let byte = 0; byte < bytes; byte++) origins.push(at);
  }
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
