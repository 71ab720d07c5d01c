/** How much a decoded text looks like a language: what a wrong encoding makes of a text has odd letters in odd places. */
import { tally } from '../../core/collections.ts';
import { LANGUAGES, type Language } from './languages.ts';

/** Characters looked at. */
const SAMPLE = 20_000;
/** Signs that texts of all languages have. */
const SIGNS = new Set('«»“”‘’„‚–—―…•·§°©®™€£¿¡‹›ºª½¼¾²³\u00a0\u00ad№′″');
/** What a control character, a replacement or a private character costs. */
const NO_CHARACTER = 3;

/** Between two letters of an alphabet, where no word has a sign. */
const SIGN_IN_WORD =
  /(?<=[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}])[^\0-\x7f\p{L}\p{M}\s’‘–—…·\u00ad\u200b-\u200d“”«»](?=\p{L})/gu;
/** A capital within a word, one of the two letters beyond ASCII; and a word of two alphabets. */
const CASE_IN_WORD = /(?<=\p{Ll})(?![A-Z])\p{Lu}|(?<=(?![a-z])\p{Ll})\p{Lu}/gu;
const OTHER = String.raw`[\p{sc=Cyrillic}\p{sc=Greek}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Thai}\p{sc=Han}\p{sc=Hangul}\p{sc=Katakana}]`;
const TWO_ALPHABETS = new RegExp(String.raw`\p{sc=Latin}(?=${OTHER})|${OTHER}(?=\p{sc=Latin})`, 'gu');

/** Weight of each letter of a language. */
const WEIGHTS = new Map<Language, ReadonlyMap<string, number>>(
  LANGUAGES.map((language) => {
    const letters = [...language.letters];
    const ranked = language.usual === 1 && !/^\p{sc=Latin}/u.test(language.letters);
    const weight = (at: number): number =>
      !ranked || 3 * at < letters.length ? 1 : 1.5 * at < letters.length ? 0.6 : 0.1;
    return [language, new Map(letters.map((letter, at) => [letter, weight(at)]))];
  }),
);

/** About 1 for a text of a language that is known here, 0 or less for what is none. A text of ASCII alone is 0. */
export function plausibility(whole: string): number {
  const text = whole.slice(0, SAMPLE);
  const counts = countBeyondAscii(text);
  const words = tally((text.match(/[\p{L}\p{M}]+/gu) ?? []).map((word) => word.toLowerCase()));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const misplaced = 3 * (count(text, SIGN_IN_WORD) + count(text, CASE_IN_WORD)) + count(text, TWO_ALPHABETS);
  const fits = LANGUAGES.map((language) => fitOf(language, counts) + 0.6 * wordShare(language, words));
  return Math.max(...fits) - misplaced / total;
}

function countBeyondAscii(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const character of text) {
    if (character < '\x80' || character === '\ufeff') continue;
    const letter = character.toLowerCase();
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return counts;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Share of a text's words that are among a language's commonest, at most a half. */
function wordShare({ words }: Language, counts: ReadonlyMap<string, number>): number {
  let all = 0;
  let known = 0;
  for (const [word, times] of counts) {
    all += times;
    if (words.has(word)) known += times;
  }
  return Math.min(0.5, known / Math.max(1, all));
}

/** Mean weight of the characters beyond ASCII. */
function fitOf(language: Language, counts: ReadonlyMap<string, number>): number {
  const weights = WEIGHTS.get(language) as ReadonlyMap<string, number>;
  let total = 0;
  let known = 0;
  let against = 0;
  for (const [character, times] of counts) {
    total += times;
    const weight = weights.get(character);
    if (weight !== undefined) known += weight * times;
    else against += times * objection(character, language);
  }
  return Math.min(1, known / total / language.usual) - against / total;
}

const isIdeograph = (character: string): boolean => /[\u3000-\u303f\u3400-\u9fff\uff00-\uff60]/u.test(character);
const isKana = (character: string): boolean => /[\u3040-\u30ff]/u.test(character);
const isHangul = (character: string): boolean => /[\uac00-\ud7a3]/u.test(character);

/** What a character says against a language that does not count it among its own; below 0 it speaks for it. */
function objection(character: string, { code, usual }: Language): number {
  if (/[\x80-\x9f\ufffd\p{Co}\p{Cn}\p{Cs}]/u.test(character)) return NO_CHARACTER;
  if (SIGNS.has(character)) return -0.4;
  if (usual === 1) return 0.7;
  if (isKana(character)) return code === 'ja' ? 0 : 0.5;
  if (isHangul(character)) return code === 'ko' ? 0 : 0.5;
  return isIdeograph(character) ? 0 : 0.7;
}
