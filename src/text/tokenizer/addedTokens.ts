/**
 * Tokens that are looked for in a text as they are written, before it is cut into words: the special ones, and what a model
 * from elsewhere has beyond them.
 *
 *     "Say <mask> now", with <mask> taking the space on its left  →  "Say" · <mask> · " now"
 *
 * Source: `AddedVocabulary::find_matches` in tokenizers, `added_vocabulary.rs`.
 */
import { MASK_ID, SPECIAL_TOKENS } from '../../core/config.ts';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Never looked for in a text to train on; left out where a decoded text is to be without them. */
  readonly special: boolean;
  /** Whether it takes the white space on its left (lstrip), on its right (rstrip). */
  readonly takesLeft: boolean;
  readonly takesRight: boolean;
  /** Whether it is found between characters of words, too. */
  readonly withinWords: boolean;
  /** Looked for once the others were found (normalized). */
  readonly later: boolean;
}

/** Folio's own: the five special tokens, of which `<mask>` takes the white space on its left. */
export const OWN_ADDED: readonly AddedToken[] = SPECIAL_TOKENS.map((content, id) => ({
  id,
  content,
  special: true,
  takesLeft: id === MASK_ID,
  takesRight: false,
  withinWords: true,
  later: false,
}));

/** A piece of a text: an added token with the text that it takes, or the ordinary text between two. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** -1: ordinary text. */
  readonly id: number;
}

/** Cuts a text at the added tokens in it. @param ordinary whether the special ones among them are ordinary text */
export type Splitter = (text: string, ordinary: boolean) => Piece[];

/** White space and characters of words, as the library's regular expressions see them. */
const SPACE = /\p{White_Space}/u;
const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, 'u');
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');

/** Whether one of the characters on both sides of a range is one of a word. */
function touchesWord(text: string, start: number, end: number): boolean {
  return (
    ENDS_WITH_WORD.test(text.slice(Math.max(0, start - 2), start)) || STARTS_WITH_WORD.test(text.slice(end, end + 2))
  );
}

/** How far a range reaches over white space, one character (none needs two units) after the other. */
function overSpace(text: string, from: number, to: number): number {
  const step = from < to ? 1 : -1;
  let at = from;
  while (at !== to && SPACE.test(text[step > 0 ? at : at - 1] as string)) at += step;
  return at;
}

export function createSplitter(added: readonly AddedToken[]): Splitter {
  const passes = [added.filter(({ later }) => !later), added.filter(({ later }) => later)].map(createPass);
  const allSpecial = added.every(({ special }) => special);
  return (text, ordinary) => {
    let pieces: Piece[] = text === '' ? [] : [{ start: 0, end: text.length, id: -1 }];
    if (ordinary && allSpecial) return pieces;
    for (const pass of passes) {
      if (pass !== null) pieces = pieces.flatMap((piece) => (piece.id < 0 ? pass(text, piece, ordinary) : piece));
    }
    return pieces;
  };
}

type Pass = (text: string, piece: Piece, ordinary: boolean) => Piece[];

/** One look for some of the tokens, the leftmost first and of those the longest. @returns null where there are none */
function createPass(tokens: readonly AddedToken[]): Pass | null {
  if (tokens.length === 0) return null;
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const longestFirst = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escaped).join('|'), 'gu');
  return (text, { start, end: pieceEnd }, ordinary) => {
    const piece = text.slice(start, pieceEnd);
    const found: Piece[] = [];
    let done = 0;
    for (const { 0: content, index } of piece.matchAll(pattern)) {
      const token = byContent.get(content) as AddedToken;
      if (ordinary && token.special) continue;
      const end = index + content.length;
      if (!token.withinWords && touchesWord(piece, index, end)) continue;
      const from = token.takesLeft ? overSpace(piece, index, Math.min(index, done)) : index;
      const to = token.takesRight ? overSpace(piece, end, piece.length) : end;
      if (from > done) found.push({ start: start + done, end: start + from, id: -1 });
      found.push({ start: start + from, end: start + to, id: token.id });
      done = to;
    }
    if (done < piece.length) found.push({ start: start + done, end: pieceEnd, id: -1 });
    return found;
  };
}

function escaped(content: string): string {
  return content.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
