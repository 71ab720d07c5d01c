/** A sentence with `<mask>` in it, as words that can be hidden and shown again. */

const MASK = '<mask>';
const SPECIAL_NAMES: ReadonlySet<string> = new Set(['<s>', '</s>', '<pad>', '<unk>']);

/** A sentence and, for each of its masks in order, the word behind it; null where the person typed the mask. */
export interface MaskedSentence {
  readonly text: string;
  readonly hidden: readonly (string | null)[];
}

/** A piece of a sentence; joined, the pieces are the text again. */
export interface SentencePiece {
  /** `special`: the name of a special token other than the mask, which the tokenizer reads as that token. */
  readonly kind: 'word' | 'mask' | 'special' | 'between';
  readonly text: string;
  /** UTF-16 place in the text. */
  readonly start: number;
  /** Which mask it is, from 0; −1 for what is none. */
  readonly mask: number;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * Splits a sentence into words, masks, names of special tokens and what is between them. Words are those of the script, so that Japanese has words
 * too.
 * @example splitSentence('My <mask>, o’er') // My| |<mask>|, |o’er
 */
export function splitSentence(text: string): SentencePiece[] {
  const pieces: SentencePiece[] = [];
  let mask = 0;
  let at = 0;
  for (const part of text.split(/(<mask>|<s>|<\/s>|<pad>|<unk>)/u)) {
    if (part === MASK) pieces.push({ kind: 'mask', text: part, start: at, mask: mask++ });
    else if (SPECIAL_NAMES.has(part)) pieces.push({ kind: 'special', text: part, start: at, mask: -1 });
    else pieces.push(...splitWords(part, at));
    at += part.length;
  }
  return pieces;
}

function splitWords(text: string, start: number): SentencePiece[] {
  const pieces: SentencePiece[] = [];
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    const last = pieces.at(-1);
    if (isWordLike) pieces.push({ kind: 'word', text: segment, start: start + index, mask: -1 });
    else if (last?.kind === 'between') pieces[pieces.length - 1] = { ...last, text: last.text + segment };
    else pieces.push({ kind: 'between', text: segment, start: start + index, mask: -1 });
  }
  return pieces;
}

/** Hides a word behind a mask. */
export function hideWord({ text, hidden }: MaskedSentence, word: SentencePiece): MaskedSentence {
  const before = countMasks(text.slice(0, word.start));
  return {
    text: text.slice(0, word.start) + MASK + text.slice(word.start + word.text.length),
    hidden: hidden.toSpliced(before, 0, word.text),
  };
}

/** Shows a word again that was hidden: it stands exactly where the mask stood. */
export function showWord(sentence: MaskedSentence, mask: number, word: string): MaskedSentence {
  return replaceMask(sentence, mask, (before) => before + word);
}

/**
 * Puts a token in the place of a mask. The mask takes the spaces on its left, as the tokenizer sees it, and the token brings
 * its own.
 * @example putToken({ text: 'my <mask>.', hidden: [null] }, 0, ' love') // my love.
 * @example putToken({ text: 'my <mask>.', hidden: [null] }, 0, 's')     // mys.
 */
export function putToken(sentence: MaskedSentence, mask: number, token: string): MaskedSentence {
  return replaceMask(sentence, mask, (before) => {
    const kept = before.replace(/ +$/u, '');
    return kept + (kept === '' || kept.endsWith('\n') ? token.trimStart() : token);
  });
}

function replaceMask(
  { text, hidden }: MaskedSentence,
  mask: number,
  append: (before: string) => string,
): MaskedSentence {
  const piece = splitSentence(text).find((candidate) => candidate.mask === mask);
  if (piece === undefined) return { text, hidden };
  return {
    text: append(text.slice(0, piece.start)) + text.slice(piece.start + MASK.length),
    hidden: hidden.toSpliced(mask, 1),
  };
}

/**
 * The sentence after the person typed: masks before and after what was typed keep the words behind them.
 */
export function typeSentence(before: MaskedSentence, text: string): MaskedSentence {
  const old = before.text;
  let start = 0;
  while (start < old.length && start < text.length && old[start] === text[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, text.length) - start && old.at(-1 - end) === text.at(-1 - end)) end++;
  const leading = countMasks(text.slice(0, start));
  const all = countMasks(text);
  const trailing = Math.min(countMasks(text.slice(text.length - end)), all - leading);
  const kept = before.hidden.length;
  return {
    text,
    hidden: Array.from({ length: all }, (_, mask) => {
      if (mask < leading) return before.hidden[mask] ?? null;
      if (mask >= all - trailing) return before.hidden[kept - (all - mask)] ?? null;
      return null;
    }),
  };
}

/** A sentence that was set from elsewhere: what is behind its masks is not known. */
export function sentenceOf(text: string): MaskedSentence {
  return { text, hidden: new Array<null>(countMasks(text)).fill(null) };
}

/**
 * What people write for a mask, as `<mask>`. Underscores after one are those of a gap that is being typed.
 * @example takeMasks('my [MASK] is ____') // 'my <mask> is <mask>'
 */
export function takeMasks(text: string): string {
  return text.replace(/\[mask\]|<mask>_*|_{3,}/giu, MASK);
}

/** Number of masks in a text. */
export function countMasks(text: string): number {
  return text.split(MASK).length - 1;
}
