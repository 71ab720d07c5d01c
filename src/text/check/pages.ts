/** What a page has around its text: form feeds, page numbers, running heads. They interrupt sentences. */
import { groupBy } from '../../core/collections.ts';
import { counted } from '../../core/counts.ts';
import { shortened, type TextCheck } from './finding.ts';

/** A line that may be a page's number or head. */
type Candidate = NonNullable<ReturnType<typeof candidateOf>>;

const PAGE_WORDS =
  'page|pages|pag|pg|p|seite|seiten|s|página|pagina|pág|сторінка|страница|стр|с|sayfa|strona|str|sida|side|عنوان|صفحة|עמוד';
const NUMBER = '\\p{Nd}{1,4}|[ivxlcdm]{1,7}|[IVXLCDM]{1,7}';
const ORNAMENTS = '[\\s\\-–—~·•*_=|.:\\[\\](){}<>«»]';
/** A number alone, with ornaments, or with a word that says what it is. */
const NUMBER_LINE = new RegExp(
  `^${ORNAMENTS}*(?:(?<word>${PAGE_WORDS})\\.?\\s*)?(?<number>${NUMBER})(?:\\s*(?:\\/|of|von|de|из|sur)\\s*\\p{Nd}+)?${ORNAMENTS}*$`,
  'iu',
);
const CJK_NUMBER_LINE = /^\W*第?\s*(?<number>\d{1,4})\s*[页頁](?:\s*\/\s*共?\s*\d+\s*[页頁]?)?\W*$/u;
/** A number before or behind a title. */
const NUMBERED_HEAD =
  /^(?:(?<left>\p{Nd}{1,4})[\s|\]—–-]+(?<after>\S.*)|(?<before>\S.*?)[\s|[—–-]+(?<right>\p{Nd}{1,4}))$/u;
/** Longest head, in characters, inner white space counted once. */
const LONGEST_HEAD = 90;
/** Fewest pages by whose numbers or heads a book is known. */
const LEAST_PAGES = 3;
/** Share of the pages' ends within a sentence, below which numbers may be of chapters, verses or poems. */
const LEAST_INTERRUPTED = 0.25;
/** A text that begins with this page or a later one is a part of a book. */
const FIRST_OF_EXCERPT = 5;
/** A page's number within a line, as transcribers set it. */
const INLINE = /[ \t]?[[{](?:Pg\.?|p\.|S\.|Page|Seite|str\.|стр\.) ?(\p{Nd}{1,4})[\]}]/giu;
/** Lines from the edge of a page within which heads and feet stand. */
const EDGE = 2;

const SENTENCE_END = /[.!?…。！？।॥؟۔:;][\p{Pf}\p{Pe}"'’”»]*$/u;
/** A line of its own is made of each form feed. */
const FEED = '\f';
const isBlank = (line: string | undefined): boolean => line !== FEED && (line ?? '').trim() === '';
const linesOf = (text: string): string[] => text.replace(/\n?\f\n?/g, `\n${FEED}\n`).split('\n');

function pageNumberOf(digits: string): number {
  if (/^\p{Nd}+$/u.test(digits)) {
    return Number(digits.replace(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0) ?? 0))));
  }
  const values: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10, l: 50, c: 100, d: 500, m: 1000 };
  const letters = Array.from(digits.toLowerCase(), (letter) => values[letter] ?? 0);
  return letters.reduce((sum, value, index) => sum + (value < (letters[index + 1] ?? 0) ? -value : value), 0);
}

/** Digits of a script are ten in a row. */
function digitValue(code: number): number {
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}

function candidateOf(line: string, at: number) {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.length > 2 * LONGEST_HEAD) return null;
  const alone = (NUMBER_LINE.exec(trimmed) ?? CJK_NUMBER_LINE.exec(trimmed))?.groups;
  const squeezed = trimmed.replace(/\s+/gu, ' ');
  if (alone === undefined && squeezed.length > LONGEST_HEAD) return null;
  const { left, after, before, right } = NUMBERED_HEAD.exec(squeezed)?.groups ?? {};
  const number = alone?.['number'] ?? left ?? right;
  return {
    at,
    /** The line without its number, so that heads of two pages are alike; "#" is a number alone. */
    key: alone === undefined ? (after ?? before ?? squeezed).toLowerCase() : '#',
    /** null: the line has none. */
    number: number === undefined ? null : pageNumberOf(number),
    /** It says that it is a page's. */
    isNamed: alone !== undefined && (alone['word'] !== undefined || /[页頁]/u.test(trimmed)),
    /** It is a number with brackets or dashes around it. */
    isOrnate: alone !== undefined && /[^\p{L}\p{N}\s.]/u.test(trimmed),
  };
}

/** The lines of text before and behind a place; null at the text's ends. @param isPart lines that are no text */
function neighbours(lines: readonly string[], from: number, to: number, isPart: (at: number) => boolean) {
  let before = from - 1;
  while (before >= 0 && (isBlank(lines[before]) || isPart(before))) before--;
  let after = to + 1;
  while (after < lines.length && (isBlank(lines[after]) || isPart(after))) after++;
  const [last = '', next = ''] = [lines[before]?.trim(), lines[after]?.trim()];
  return last === '' || next === '' ? null : { last, next };
}

/** Whether the text behind surely goes on with the sentence before: in lower case, where a script has it. */
function interrupts(lines: readonly string[], at: number, isPart: (at: number) => boolean): boolean {
  const found = neighbours(lines, at, at, isPart);
  if (found === null) return false;
  if (/^["“„«‘(]?[\p{Ll}\p{Lu}]/u.test(found.next)) return /^["“„«‘(]?\p{Ll}/u.test(found.next);
  return !SENTENCE_END.test(found.last) && /^\p{Lo}/u.test(found.next);
}

/** Whether it may well do so, so that no blank line belongs there. */
function mayGoOn(lines: readonly string[], from: number, to: number): boolean {
  const found = neighbours(lines, from, to, () => false);
  if (found === null) return false;
  const { last, next } = found;
  if (/^\p{Ll}/u.test(next)) return true;
  const isTitle = /^\P{Ll}*$/u.test(last) && /\p{Lu}/u.test(last);
  return !SENTENCE_END.test(last) && !isTitle && /^["“„«‘(]?\p{L}/u.test(next) && !/^\p{Lu}{2}/u.test(next);
}

/** Numbers that mostly go up by a little. */
const isCounting = (candidates: readonly Candidate[]): boolean =>
  isAscending(candidates.flatMap(({ number }) => number ?? []));

function isAscending(numbers: readonly number[]): boolean {
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0));
  return steps.length > 0 && steps.filter((step) => step > 0 && step <= 4).length >= 0.7 * steps.length;
}

/** Which lines are a page's and not the text's: 1. */
function pageLines(lines: readonly string[]): Uint8Array {
  const marks = Uint8Array.from(lines, (line) => (line === FEED ? 1 : 0));
  const groups = groupBy(
    lines.flatMap((line, at) => candidateOf(line, at) ?? []),
    ({ key }) => key,
  );
  const accept = (found: readonly Candidate[]): void => {
    for (const { at } of found) marks[at] = 1;
  };
  const numbers = groups.get('#') ?? [];
  if (arePageNumbers(lines, numbers)) accept(numbers);
  for (const [key, group] of groups) {
    if (key !== '#' && group.length >= LEAST_PAGES && isHeadByItself(lines, group)) accept(group);
  }
  markHeads(lines, groups, marks);
  return marks;
}

const isNearFeed = (lines: readonly string[], at: number): boolean =>
  lines.slice(Math.max(0, at - 2 * EDGE), at + 2 * EDGE + 1).includes(FEED);

function arePageNumbers(lines: readonly string[], numbers: readonly Candidate[]): boolean {
  const near = numbers.filter(({ at }) => isNearFeed(lines, at)).length;
  if (numbers.length >= 2 && near >= numbers.length / 2 && isCounting(numbers)) return true;
  if (numbers.length < LEAST_PAGES || !isCounting(numbers)) return false;
  if (numbers.filter(({ isNamed }) => isNamed).length > numbers.length / 2) return true;
  // Chapters and poems begin with the first.
  const isExcerpt = numbers.every(({ isOrnate, number }) => isOrnate && (number ?? 0) >= FIRST_OF_EXCERPT);
  return (isExcerpt && numbers.length > LEAST_PAGES) || areInterrupting(lines, numbers);
}

function areInterrupting(lines: readonly string[], group: readonly Candidate[]): boolean {
  const own = new Set(group.map(({ at }) => at));
  // A head stands beside the number, and is no text either.
  const repeated = new Map<string, number>();
  for (const { at } of group) {
    for (const line of [lines[at - 1], lines[at + 1], lines[at - 2], lines[at + 2]]) {
      const key = headKey(line);
      if (key !== '') repeated.set(key, (repeated.get(key) ?? 0) + 1);
    }
  }
  const isPart = (at: number): boolean => own.has(at) || (repeated.get(headKey(lines[at])) ?? 0) >= 2;
  const interrupted = group.filter(({ at }) => interrupts(lines, at, isPart)).length;
  return interrupted >= LEAST_INTERRUPTED * group.length;
}

const headKey = (line: string | undefined): string => candidateOf(line ?? '', 0)?.key ?? '';

/** A title with a page's number, or one that stands between blank lines in the middle of sentences. */
function isHeadByItself(lines: readonly string[], group: readonly Candidate[]): boolean {
  const numbered = group.filter(({ number }) => number !== null);
  if (numbered.length > group.length / 2) return isCounting(numbered) && areInterrupting(lines, group);
  const apart = group.filter(({ at }) => isBlank(lines[at - 1]) && isBlank(lines[at + 1]));
  if (group.length <= LEAST_PAGES || apart.length < group.length) return false;
  const own = new Set(group.map(({ at }) => at));
  return group.filter(({ at }) => interrupts(lines, at, (line) => own.has(line))).length >= group.length / 2;
}

/** Heads and feet: lines that stand again and again at the edges of pages, and hardly anywhere else. */
function markHeads(
  lines: readonly string[],
  groups: ReadonlyMap<string, readonly Candidate[]>,
  marks: Uint8Array,
): void {
  const pages = Array.from(marks.keys()).filter((at) => marks[at] === 1);
  if (pages.length === 0) return;
  const edges = new Uint8Array(lines.length);
  for (const page of [-1, ...pages, lines.length]) markEdges(lines, page, edges);
  for (const [key, group] of groups) {
    const atEdges = group.filter(({ at }) => edges[at] === 1).length;
    if (key === '#' || group.length < 2 || atEdges < 0.8 * group.length || /[,;!?]$/u.test(key)) continue;
    for (const { at } of group) if (edges[at] === 1) marks[at] = 1;
  }
}

/** The lines with text that are nearest to where a page ends. */
function markEdges(lines: readonly string[], page: number, edges: Uint8Array): void {
  for (const step of [-1, 1]) {
    let found = 0;
    for (
      let at = page + step;
      found < EDGE && at >= 0 && at < lines.length && Math.abs(at - page) <= 3 * EDGE;
      at += step
    ) {
      if (isBlank(lines[at])) continue;
      edges[at] = 1;
      found++;
    }
  }
}

/** The lines without pages; where a sentence went on, no blank line is left between its halves. */
function withoutPages(lines: readonly string[], marks: Uint8Array): string[] {
  const kept: string[] = [];
  const isMarked = (at: number): boolean => marks[at] === 1;
  // Form feeds that never stand within a sentence are between documents.
  const isSeparator = !lines.some((line, at) => line === FEED && interrupts(lines, at, isMarked));
  for (let at = 0; at < lines.length; at++) {
    if (!isBlank(lines[at]) && marks[at] === 0) {
      kept.push(lines[at] as string);
      continue;
    }
    const from = at;
    while (at + 1 < lines.length && (isBlank(lines[at + 1]) || marks[at + 1] === 1)) at++;
    const gap = lines.slice(from, at + 1);
    if (!marks.subarray(from, at + 1).includes(1)) kept.push(...gap);
    else if (kept.length > 0 && !mayGoOn(lines, from, at)) {
      if (gap.some((line) => isBlank(line) || (isSeparator && line === FEED))) kept.push('');
    }
  }
  return kept;
}

/** Whether numbers stand within lines. */
function hasInline(text: string): boolean {
  const numbers = Array.from(text.matchAll(INLINE), ([, number = '']) => pageNumberOf(number));
  return numbers.length >= LEAST_PAGES && isAscending(numbers);
}

function find(text: string) {
  const inline = hasInline(text) ? (text.match(INLINE) ?? []) : [];
  const lines = linesOf(inline.length > 0 ? text.replace(INLINE, '') : text);
  const marks = pageLines(lines);
  const marked = [...inline, ...lines.filter((_, at) => marks[at] === 1)];
  if (marked.length === 0) return null;
  const shown = marked.find((line) => line !== FEED)?.replace(/\s+/gu, ' ') ?? '[form feed]';
  return {
    count: marked.length,
    what: marked.includes(FEED) ? 'form feeds' : '',
    example: { before: shortened(shown), after: null },
  };
}

function countedParts(count: number, what: readonly string[]): string {
  return what.includes('form feeds')
    ? counted(count, 'page number, running head or form feed', 'page numbers, running heads and form feeds')
    : counted(count, 'page number or running head', 'page numbers and running heads');
}

export const pages: TextCheck = {
  name: 'pages',
  repairLabel: 'Remove them',
  find,
  repair: (text) => {
    const rest = hasInline(text) ? text.replace(INLINE, '') : text;
    const lines = linesOf(rest);
    const marks = pageLines(lines);
    return marks.includes(1) ? withoutPages(lines, marks).join('\n') : rest;
  },
  repaired: (count, what) => `${countedParts(count, what)} removed`,
  sentence: (count, what) => `${countedParts(count, what)} from a printed book, in the middle of its sentences.`,
};
