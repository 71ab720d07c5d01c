/** Words cut by a hyphen at the end of a line, as print has them, and hyphens that only show where a word may be cut. */
import { counted } from '../../core/counts.ts';
import { findMatches, type TextCheck } from './finding.ts';

/** - ‐ ¬ = ⸗ ֊ and the soft hyphen. */
const HYPHENS = '-\u2010\u00ac=\u2e17\u058a\u00ad';
/** A hyphen at the end of a line, and the next line's first letters. */
const LINE_END = /[-\u2010\u00ac=\u2e17\u058a\u00ad][ \t]*\n[ \t]*(?=([\p{Ll}\p{Lo}][\p{L}\p{M}'’]{0,40}))/gu;
/** What stands before it of its word; no word is so long that this would take time. */
const HEAD = /[\p{L}\p{M}'’]{0,40}[\p{L}\p{M}]$/u;
/** After a hyphen that stands for the same end of two words: “Vor- und Nachteile”. */
const CONJUNCTION = /^(?:und|oder|bzw|sowie|bis|and|or|to|nor|en|of|och|eller|og)$/iu;
const LEAST_CUTS = 3;
/** Share of the lines that end in a cut, from which on it is the printer's habit and not a poet's. */
const LEAST_SHARE = 0.005;

/** Words that stand with their hyphen within a line as well, so that it is theirs. */
function hyphenated(text: string): ReadonlySet<string> {
  const words = text.match(/[\p{L}\p{M}'’]{1,40}[-‐][\p{L}\p{M}'’]{1,40}/gu) ?? [];
  return new Set(words.map((word) => word.replace('‐', '-').toLowerCase()));
}

function cuts(text: string, hyphens: string) {
  return Array.from(text.matchAll(LINE_END)).flatMap(({ 0: match, 1: tail = '', index }) => {
    const head = HEAD.exec(text.slice(Math.max(0, index - 41), index))?.[0];
    const hyphen = match.charAt(0);
    return head === undefined || !hyphens.includes(hyphen) || CONJUNCTION.test(tail) ? [] : [{ head, hyphen, tail }];
  });
}

/** Joins the words that are cut: what is on the next line moves up, with the signs behind it. @param hyphens of cuts */
export function joinCutWords(text: string, hyphens = HYPHENS): string {
  const own = hyphenated(text);
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const before = kept.at(-1)?.trimEnd() ?? '';
    const [cut] = hyphens.includes(before.slice(-1) || ' ') ? cuts(`${before.slice(-60)}\n${line}`, hyphens) : [];
    if (cut === undefined) {
      kept.push(line);
      continue;
    }
    const { 0: moved = '' } = /^\S+/u.exec(line.trimStart()) ?? [];
    const rest = line.trimStart().slice(moved.length).trimStart();
    const isOwn = own.has(`${cut.head}-${cut.tail}`.toLowerCase());
    kept[kept.length - 1] = (isOwn ? before : before.slice(0, -1)) + moved;
    if (rest !== '') kept.push(rest);
  }
  return kept.join('\n');
}

export const hyphens: TextCheck = {
  name: 'hyphens',
  repairLabel: 'Join the words',
  find: (text) => {
    const found = cuts(text, HYPHENS);
    if (found.length < LEAST_CUTS || found.length < LEAST_SHARE * (text.split('\n').length - 1)) return null;
    const [{ head = '', hyphen = '', tail = '' } = {}] = found;
    return { count: found.length, example: { before: `${head}${hyphen} ⏎ ${tail}`, after: head + tail } };
  },
  repair: (text) => joinCutWords(text),
  repaired: (count) => `${counted(count, 'word')} joined after a hyphen at the end of a line`,
  sentence: (count) =>
    `${counted(count, 'word')} hyphenated at line ends, as in print. The model would learn the halves as words.`,
};

const SOFT_HYPHENS = /\u00ad+/g;

export const softHyphens: TextCheck = {
  name: 'soft-hyphens',
  repairLabel: 'Remove them',
  find: (text) => findMatches(text, SOFT_HYPHENS, () => ''),
  repair: (text) => joinCutWords(text, '\u00ad').replace(SOFT_HYPHENS, ''),
  repaired: (count) => `${counted(count, 'soft hyphen')} removed`,
  sentence: (count) =>
    `${counted(count, 'soft hyphen')} (U+00AD), ${count === 1 ? 'an invisible mark' : 'invisible marks'} where a word may be hyphenated. To the tokenizer, a word with one is ` +
    'a different word.',
};
