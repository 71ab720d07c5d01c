/** Paragraphs that were broken into lines to fit a column. The breaks mean nothing; in verse and in lists they do. */

import { counted } from '../../core/counts.ts';
import { joinCutWords } from './cutWords.ts';
import type { TextCheck } from './finding.ts';

/** Widths of columns, in characters. */
const NARROWEST = 20;
const NARROWEST_IDEOGRAPHIC = 12;
const WIDEST = 160;
/** Fewest line breaks that tell what a column is. */
const LEAST_BREAKS = 8;
/** Share of the breaks at which the next word had no room. */
const LEAST_FORCED = 0.7;
/** Share of a paragraph's breaks for it to be one. */
const LEAST_FORCED_OF_PARAGRAPH = 0.75;
/** Share of the lines that end with a sign: in prose few do, in verse and in lists most. */
const MOST_ENDED = 0.5;
/** Share of the lines that go on in lower case, where a script has it, beside that of the words within the lines. */
const LEAST_LOWER = 0.4;
/** Share of the lines that begin with a letter. */
const LEAST_LETTERS = 0.7;
/** Columns were filled by hand as well. */
const SLACK = 0.06;

/** Lines of these are joined without a space. */
const IDEOGRAPH = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/u;
/** Written without spaces: a line is broken anywhere. */
const NO_SPACES = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/u;
const SENTENCE_END = /[.!?…。！？।॥؟۔:][\p{Pf}\p{Pe}"'’”»]*$/u;
const SIGN_END = /[\p{P}][\p{Pf}\p{Pe}"'’”»]*$/u;
const HYPHEN_END = /[\p{L}][-‐¬=⸗\u00ad]$/u;
/** Of an example, on each side of a break. */
const WORDS_SHOWN = 4;
const LONGEST_SHOWN = 30;
const LIST_ITEM = /^(?:[-*•–—▪◦·]\s|\(?(?:\d{1,3}|[a-z]|[ivxl]{1,5})[.)]\s)/u;

/** The lines of a paragraph. */
type Paragraph = readonly string[];

/** Paragraphs and the blank lines between them, in order. */
type Layout = readonly (Paragraph | string)[];

const paragraphsIn = (layout: Layout): Paragraph[] => layout.filter((part) => typeof part !== 'string');
const isSpace = (line: string): boolean => line.trim() === '';
const indentOf = (line: string): number => (/^[ \t\u3000]*/.exec(line)?.[0] ?? '').replaceAll('\t', '    ').length;

/** Cuts at blank lines, at items of lists, and at indented lines where these mark beginnings. */
function layoutOf(text: string): Layout {
  const lines = text.split('\n');
  const indents = Int32Array.from(
    lines.filter((line) => !isSpace(line)),
    indentOf,
  ).sort();
  const flush = indents[Math.floor(indents.length / 4)] ?? 0;
  const deeper = indents.filter((indent) => indent > flush).length;
  const marksBeginnings = deeper > 0 && deeper < 0.45 * indents.length;
  const layout: (string[] | string)[] = [];
  for (const line of lines) {
    const open = layout.at(-1);
    const begins = (marksBeginnings && indentOf(line) > flush) || LIST_ITEM.test(line.trimStart());
    if (isSpace(line)) layout.push(line);
    else if (typeof open === 'object' && !begins) open.push(line);
    else layout.push([line]);
  }
  return layout;
}

/** Whether the next line's first word had no room in a line. */
function isForced(longLine: string, nextLine: string, width: number): boolean {
  const line = longLine.trimEnd();
  const next = nextLine.trim();
  if (HYPHEN_END.test(line)) return true;
  if (NO_SPACES.test(next[0] ?? '')) return line.length + 2 >= width * (1 - SLACK);
  const word = next.indexOf(' ') < 0 ? next.length : next.indexOf(' ');
  return line.length + 1 + word > width * (1 - SLACK);
}

/** The width of the column that most lines were broken for, in characters, or null: the breaks are the author's. */
function columnWidth(paragraphs: readonly Paragraph[]): number | null {
  const broken = paragraphs.flatMap((lines) =>
    lines.slice(0, -1).map((line, at) => [line, lines[at + 1] ?? ''] as const),
  );
  if (broken.length < LEAST_BREAKS) return null;
  const lengths = broken.map(([line]) => line.trimEnd().length).toSorted((a, b) => a - b);
  const width = lengths[Math.floor(0.95 * (lengths.length - 1))] ?? 0;
  const isIdeographic = broken.filter(([line]) => IDEOGRAPH.test(line)).length > broken.length / 2;
  if (width < (isIdeographic ? NARROWEST_IDEOGRAPHIC : NARROWEST) || width > WIDEST) return null;
  const share = (matches: (line: string, next: string) => boolean): number =>
    broken.filter(([line, next]) => matches(line, next)).length / broken.length;
  if (share((line, next) => isForced(line, next, width)) < LEAST_FORCED) return null;
  if (share((line) => SIGN_END.test(line.trimEnd()) && !HYPHEN_END.test(line.trimEnd())) > MOST_ENDED) return null;
  // Entries of a list or a chat begin with a number or a bracket.
  if (share((_, next) => /^\s*[\p{Pi}\p{Ps}\p{Pd}"']?[\p{L}\p{M}]/u.test(next)) < LEAST_LETTERS) return null;
  const begins = shareOfLower(broken.map(([, next]) => next.trimStart()));
  const within = shareOfLower(broken.flatMap(([, next]) => next.trim().split(/\s+/u).slice(1)));
  return begins < LEAST_LOWER * within ? null : width;
}

/** Share of words in lower case; 1 where the script has no capitals. */
function shareOfLower(words: readonly string[]): number {
  const cased = words.filter((word) => /^[\p{P}\s]*[\p{Ll}\p{Lu}]/u.test(word));
  if (cased.length <= words.length / 2) return 1;
  return cased.filter((word) => /^[\p{Pi}\p{Ps}\p{Pd}"'\s]*\p{Ll}/u.test(word)).length / cased.length;
}

function isBroken(lines: Paragraph, width: number): boolean {
  const breaks = lines.length - 1;
  if (breaks === 0) return false;
  const forced = lines.slice(0, -1).filter((line, at) => isForced(line, lines[at + 1] ?? '', width)).length;
  return forced >= LEAST_FORCED_OF_PARAGRAPH * breaks;
}

/** The lines that a paragraph becomes: one, or more where a sentence ends and the line has room left. */
function joined(paragraph: Paragraph, width: number): string[] {
  const lines = paragraph.map((line) => line.trim());
  const result: string[] = [];
  let open = lines[0] ?? '';
  for (const [at, line] of lines.slice(1).entries()) {
    const last = lines[at] ?? '';
    if (!isForced(last, line, width) && SENTENCE_END.test(last)) {
      result.push(open);
      open = line;
    } else open = joinLines(open, line);
  }
  return [...result, open];
}

function joinLines(open: string, line: string): string {
  if (HYPHEN_END.test(open)) return joinCutWords(`${open}\n${line}`).replace('\n', ' ');
  const withoutSpace = IDEOGRAPH.test(open.at(-1) ?? '') && IDEOGRAPH.test(line[0] ?? '');
  return withoutSpace ? open + line : `${open} ${line}`;
}

function unwrap(text: string): { layout: Layout; broken: ReadonlySet<Paragraph>; width: number } | null {
  const layout = layoutOf(text);
  const paragraphs = paragraphsIn(layout);
  const width = columnWidth(paragraphs);
  if (width === null) return null;
  const broken = paragraphs.filter((lines) => isBroken(lines, width));
  const several = paragraphs.filter(({ length }) => length > 1).length;
  // Where most paragraphs are none, the measure fits by chance.
  return broken.length < several / 3 || broken.length === 0 ? null : { layout, broken: new Set(broken), width };
}

export const wrappedLines: TextCheck = {
  name: 'wrapped-lines',
  repairLabel: 'Join each paragraph',
  find: (text) => {
    const found = unwrap(text);
    if (found === null) return null;
    const [[first = '', second = ''] = []] = [...found.broken];
    const left = first.trim().split(/\s+/u).slice(-WORDS_SHOWN).join(' ').slice(-LONGEST_SHOWN);
    const right = second.trim().split(/\s+/u).slice(0, WORDS_SHOWN).join(' ').slice(0, LONGEST_SHOWN);
    return {
      count: found.broken.size,
      what: String(found.width),
      example: { before: `…${left} ⏎ ${right}…`, after: `…${left} ${right}…` },
    };
  },
  repair: (text) => {
    const found = unwrap(text);
    if (found === null) return text;
    const { layout, broken, width } = found;
    return layout
      .flatMap((part) => (typeof part === 'string' || !broken.has(part) ? part : joined(part, width)))
      .join('\n');
  },
  repaired: (count) => `${counted(count, 'hard-wrapped paragraph')} joined`,
  sentence: (count, what) =>
    `${counted(count, 'paragraph')} broken into lines of about ${what[0]} characters (hard-wrapped). The line breaks mean nothing, ` +
    'and the model would learn them.',
};
