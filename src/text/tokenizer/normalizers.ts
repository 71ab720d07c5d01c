/**
 * What some tokenizers do to a text before they cut it into words, as Hugging Face's library does:
 *
 *     [NFD, StripAccents, Lowercase]:  "Über  Öl"  →  "uber  ol"
 *
 * Source: `normalizers/` and `NormalizedString` in tokenizers.
 */

export type Normalizer =
  | { readonly type: 'NFC' | 'NFD' | 'NFKC' | 'NFKD' | 'Lowercase' | 'StripAccents' }
  /** White space at the ends. */
  | { readonly type: 'Strip'; readonly left: boolean; readonly right: boolean }
  | { readonly type: 'Replace'; readonly pattern: string; readonly content: string }
  | { readonly type: 'Prepend'; readonly content: string };

/** A text, and for each of its UTF-16 units the range of the original that it stands for. */
export interface Aligned {
  readonly text: string;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A replacement of parts of a text; what the pattern does not match stays. */
interface Rule {
  readonly pattern: RegExp;
  readonly become: (part: string) => string;
}

/** A character with the marks that may join it, or be sorted among themselves; Hangul's parts join, too. */
const CLUSTER = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uac00-\ud7a3]+\p{M}*|.[\p{M}\uff9e\uff9f]*/gsu;
/** No form joins characters over white space. */
const WORD_OR_SPACE = /\s+|\S+/gu;
const nothing = (): string => '';

function ruleOf(normalizer: Normalizer, text: string): Rule {
  switch (normalizer.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const become = (part: string): string => part.normalize(normalizer.type);
      const isByCluster = text.replace(CLUSTER, become) === become(text);
      return { pattern: isByCluster ? CLUSTER : WORD_OR_SPACE, become };
    }
    case 'Lowercase':
      // Character by character: a sigma at the end of a word is like any other.
      return { pattern: /./gsu, become: (character) => character.toLowerCase() };
    case 'StripAccents':
      return { pattern: /\p{M}/gu, become: nothing };
    case 'Strip': {
      const ends = [normalizer.left && '^\\p{White_Space}+', normalizer.right && '\\p{White_Space}+$'];
      return { pattern: new RegExp(ends.filter((end) => end !== false).join('|') || '(?!)', 'gu'), become: nothing };
    }
    case 'Replace':
      return {
        pattern: new RegExp(normalizer.pattern.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&') || '(?!)', 'gu'),
        become: () => normalizer.content,
      };
    case 'Prepend':
      return { pattern: /^./gsu, become: (first) => normalizer.content + first };
  }
}

/** The text as the tokenizer reads it. */
export function normalize(normalizers: readonly Normalizer[], text: string): string {
  return normalizers.reduce((now, normalizer) => {
    if (normalizer.type.startsWith('NF')) return now.normalize(normalizer.type);
    const { pattern, become } = ruleOf(normalizer, now);
    return now.replace(pattern, become);
  }, text);
}

/** As {@link normalize}, with where each unit comes from; the ranges cover the text. */
export function normalizeAligned(normalizers: readonly Normalizer[], text: string): Aligned {
  const units = Array.from({ length: text.length }, (_, at) => at);
  let now: Aligned = { text, starts: Int32Array.from(units), ends: Int32Array.from(units, (at) => at + 1) };
  for (const normalizer of normalizers) now = applyRule(now, ruleOf(normalizer, now.text));
  return closeGaps(now, text.length);
}

function applyRule({ text, starts, ends }: Aligned, { pattern, become }: Rule): Aligned {
  const parts: string[] = [];
  const made: { starts: number[]; ends: number[] } = { starts: [], ends: [] };
  const keep = (from: number, to: number): void => {
    parts.push(text.slice(from, to));
    for (let at = from; at < to; at++) {
      made.starts.push(starts[at] as number);
      made.ends.push(ends[at] as number);
    }
  };
  let done = 0;
  for (const { 0: part, index } of text.matchAll(pattern)) {
    keep(done, index);
    done = index + part.length;
    const content = become(part);
    if (content === part) {
      keep(index, done);
      continue;
    }
    parts.push(content);
    for (let unit = 0; unit < content.length; unit++) {
      made.starts.push(starts[index] as number);
      made.ends.push(ends[done - 1] as number);
    }
  }
  keep(done, text.length);
  return { text: parts.join(''), starts: Int32Array.from(made.starts), ends: Int32Array.from(made.ends) };
}

/** What became nothing goes to the unit before it; at the start, to the one after it. */
function closeGaps({ text, starts, ends }: Aligned, length: number): Aligned {
  for (let at = 0; at < starts.length; at++) {
    const next = at + 1 < starts.length ? (starts[at + 1] as number) : length;
    if (at === 0) starts[at] = 0;
    if ((ends[at] as number) < next) ends[at] = next;
  }
  return { text, starts, ends };
}
