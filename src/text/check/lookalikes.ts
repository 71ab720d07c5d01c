/** Characters that nobody sees or that look like others: zero-width, no-break, ligatures, widths, accents apart. */
import { counted } from '../../core/counts.ts';
import { findMatches, showInvisible, type TextCheck } from './finding.ts';

/** Scripts whose letters are joined, kept apart or parted into words by characters without a width. */
const JOINING_SCRIPTS =
  'Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer';
const JOINING = new RegExp(
  `[${JOINING_SCRIPTS.split(' ')
    .map((script) => `\\p{Script=${script}}`)
    .join('')}\\p{Extended_Pictographic}\\p{Emoji_Modifier}]|[\\ufe0f]|[\\u200d]`,
  'u',
);
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;
const DIRECTION_MARK = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const ZERO_WIDTH = /[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

/** The character that ends before a position, or starts at it. */
const characterBefore = (text: string, index: number): string =>
  Array.from(text.slice(Math.max(0, index - 2), index)).at(-1) ?? '';
const characterAt = (text: string, index: number): string => Array.from(text.slice(index, index + 2))[0] ?? '';

/** Persian, Hindi, Thai and emoji need them. */
function isMeantZeroWidth(text: string, index: number, isRightToLeft: boolean): boolean {
  const own = text.charAt(index);
  if (DIRECTION_MARK.test(own)) return isRightToLeft;
  if (!/[\u180e\u200b-\u200d]/.test(own)) return false;
  return JOINING.test(characterBefore(text, index)) || JOINING.test(characterAt(text, index + 1));
}

function withoutZeroWidth(text: string): (match: string, index: number) => string {
  const isRightToLeft = RIGHT_TO_LEFT.test(text);
  return (match, index) => (isMeantZeroWidth(text, index, isRightToLeft) ? match : '');
}

const zeroWidth: TextCheck = {
  name: 'zero-width',
  repairLabel: 'Remove them',
  find: (text) => findMatches(text, ZERO_WIDTH, withoutZeroWidth(text)),
  repair: (text) => text.replace(ZERO_WIDTH, withoutZeroWidth(text)),
  repaired: (count) => `${counted(count, 'invisible character')} removed`,
  sentence: (count) =>
    `${counted(count, 'invisible character (zero-width space, joiner or mark)', 'invisible characters (zero-width spaces, joiners or marks), often within words')}. ` +
    'To the tokenizer, a word with one is a different word.',
};

const UNUSUAL_SPACES = /[\u00a0\u2000-\u200a\u202f\u205f]+/g;
/** Signs that French and others set off with a no-break space, before and after. */
const SET_OFF_BEFORE = /^[;:!?»›%‰€°)\]]/u;
const SET_OFF_AFTER = /[«‹(№§]$/u;

/** Where a typesetter means such a space: before a French sign, within a number. */
function isSetOff(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const after = text.charAt(end);
  if (SET_OFF_BEFORE.test(after) || SET_OFF_AFTER.test(before)) return true;
  return /\d/.test(before) && /\d/.test(after);
}

/** And where it may be meant as well: dashes, units, initials, one-letter words, indents. */
function isPlausiblyMeant(text: string, start: number, end: number): boolean {
  if (isSetOff(text, start, end)) return true;
  const before = text.slice(Math.max(0, start - 4), start);
  const after = text.charAt(end);
  return !/[\p{L}\p{M}]{3}[,;]?$/u.test(before) || !/[\p{L}\p{N}]/u.test(after);
}

/** Share of doubtful ones above which these spaces are an accident. */
const MOST_DOUBTFUL = 0.3;

function replaceSpaces(text: string): (match: string, index: number) => string {
  let all = 0;
  for (const { 0: match } of text.matchAll(UNUSUAL_SPACES)) all += match.length;
  let ordinary = 0;
  for (let at = text.indexOf(' '); at >= 0 && ordinary <= all; at = text.indexOf(' ', at + 1)) ordinary++;
  // Where there are hardly any other spaces, none of them was set by hand.
  const isEverywhere = ordinary < all;
  return (match, index) =>
    !isEverywhere && isSetOff(text, index, index + match.length) ? match : ' '.repeat(match.length);
}

function findSpaces(text: string) {
  let all = 0;
  let doubtful = 0;
  for (const { 0: match, index } of text.matchAll(UNUSUAL_SPACES)) {
    all++;
    if (!isPlausiblyMeant(text, index, index + match.length)) doubtful++;
  }
  if (doubtful < 3 || doubtful < MOST_DOUBTFUL * all) return null;
  return findMatches(text, UNUSUAL_SPACES, replaceSpaces(text));
}

const noBreakSpaces: TextCheck = {
  name: 'no-break-spaces',
  repairLabel: 'Replace with ordinary spaces',
  find: findSpaces,
  repair: (text) => text.replace(UNUSUAL_SPACES, replaceSpaces(text)),
  repaired: (count) => `${counted(count, 'no-break space')} replaced by ordinary spaces`,
  sentence: (count) =>
    `${counted(count, 'no-break space')} (U+00A0 and the like) where ordinary spaces belong. The tokenizer joins only ` +
    'ordinary spaces to the word that follows.',
};

/** Latin, Armenian and Arabic letters in their shapes of print; marks, honorifics and ornate brackets are none. */
const PRINTED_FORMS = /[\ufb00-\ufb06\ufb13-\ufb17\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufd3d\ufd50-\ufdc7\ufe80-\ufefc]/g;

/** The letters that a form stands for; the long s stays long. */
const spelledOut = (form: string): string => (form === '\ufb05' ? 'ſt' : form.normalize('NFKC'));

const ligatures: TextCheck = {
  name: 'ligatures',
  repairLabel: 'Write them as letters',
  find: (text) => {
    const found = findMatches(text, PRINTED_FORMS, spelledOut);
    if (found === null) return null;
    return { ...found, example: { ...found.example, before: showInvisible(found.example.before, PRINTED_FORMS) } };
  },
  repair: (text) => text.replace(PRINTED_FORMS, spelledOut),
  repaired: (count) => `${counted(count, 'ligature')} written as letters`,
  sentence: (count) =>
    `${counted(count, 'ligature or other presentation form', 'ligatures or other presentation forms')}: one character for several letters, ` +
    'as in PDFs. To the tokenizer, a word with one is a different word.',
};

const WIDE = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g;
const NARROW = /[0-9A-Za-z]/g;
const NARROW_KANA = /[\uff66-\uff9d][\uff9e\uff9f]?/g;
const FULL_KANA = /[\u30a1-\u30fa]/g;
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Fewer of one width than this share of the other are a matter of style. */
const LEAST_SHARE = 0.02;
const MIXED_LEAST = 5;

function isMixed(text: string, one: RegExp, other: RegExp): boolean {
  one.lastIndex = 0;
  if (!one.test(text)) return false;
  const [fewer = 0, more = 0] = [count(text, one), count(text, other)].toSorted((a, b) => a - b);
  return fewer >= MIXED_LEAST && fewer >= LEAST_SHARE * more;
}

/** What is of two widths; signs too, of which those beside Latin letters are made narrow. */
function mixedWidths(text: string): RegExp | null {
  const wide = isMixed(text, WIDE, NARROW);
  const kana = isMixed(text, NARROW_KANA, FULL_KANA);
  if (!wide && !kana) return null;
  return new RegExp([...(wide ? ['[\uff01-\uff5e\u3000]'] : []), ...(kana ? [NARROW_KANA.source] : [])].join('|'), 'g');
}

/** A letter or digit and signs or spaces after it. */
const AFTER_LATIN = /[0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a][^\p{L}\p{N}]*$/u;

function inUsualWidth(text: string): (match: string, index: number) => string {
  return (match, index) => {
    const usual = match.normalize('NFKC');
    const isSign = /^[^\p{L}\p{N}\p{M}]$/u.test(usual);
    return isSign && !AFTER_LATIN.test(text.slice(Math.max(0, index - 8), index)) ? match : usual;
  };
}

const letterWidth: TextCheck = {
  name: 'letter-width',
  repairLabel: 'Convert to one width',
  find: (text) => {
    const mixed = mixedWidths(text);
    return mixed && findMatches(text, mixed, inUsualWidth(text));
  },
  repair: (text) => text.replace(mixedWidths(text) ?? /(?!)/g, inUsualWidth(text)),
  repaired: (count) => `${counted(count, 'character')} written in the usual width`,
  sentence: (count) =>
    `${counted(count, 'full-width or half-width character')} (such as Ａ or ｶ) beside others of the usual width. One word in ` +
    'two widths is two words to the tokenizer.',
};

/** A letter and marks behind it that Unicode also has as one character; Korean letters in parts; kana with their marks. */
const APART =
  /\p{L}\p{M}*[\u0300-\u036f\u0653-\u0655]\p{M}*|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\u3040-\u30ff][\u3099\u309a]/gu;
const MAY_BE_APART = /[\u0300-\u036f\u0653-\u0655\u1161-\u1175\u3099\u309a]/;
const COMPOSED = /[\u00c0-\u024f\u0386-\u03ce\u0401\u0439\u0451\u0457\u1e00-\u1fff\uac00-\ud7a3]/u;

/** NFC where it joins; other orders of marks, as pointed Hebrew and Arabic have them, are left alone. */
function composed(match: string): string {
  const joined = match.normalize('NFC');
  return joined.length < match.length ? joined : match;
}

const accents: TextCheck = {
  name: 'accents',
  repairLabel: 'Compose them (NFC)',
  find: (text) => {
    if (!MAY_BE_APART.test(text)) return null;
    const found = findMatches(text, APART, composed);
    if (found === null) return null;
    const before = showInvisible(found.example.before, /\p{M}/gu);
    const what = COMPOSED.test(text.replace(APART, '')) ? 'mixed' : '';
    return { ...found, what, example: { ...found.example, before } };
  },
  repair: (text) => (MAY_BE_APART.test(text) ? text.replace(APART, composed) : text),
  repaired: (count) =>
    `${counted(count, 'accent')} composed with ${count === 1 ? 'its letter' : 'their letters'} (NFC)`,
  sentence: (count, what) =>
    `${counted(count, 'letter')} with the accent as a character of its own (decomposed, NFD)` +
    (what.includes('mixed')
      ? '; others in the text are one character (composed, NFC). One word in two spellings is two words to the tokenizer.'
      : `. Text typed later is normally composed (NFC), so the model would not recognise ${count === 1 ? 'this word' : 'these words'} in it.`),
};

export const CHARACTER_CHECKS: readonly TextCheck[] = [zeroWidth, noBreakSpaces, ligatures, letterWidth, accents];
