/** What libraries of e-texts put around a book: licences, marks of where it starts and ends, notices of scans. */
import { counted } from '../../core/counts.ts';
import { shortened, type TextCheck } from './finding.ts';

/** Where a book starts: the line itself is no part of it. */
const STARTS =
  /^(?:[\s*_=\-#]*(?:START|BEGIN(?:NING)?) OF (?:THE |THIS )?PROJECT GUTENBERG|\*+ ?END ?\*+ ?THE SMALL PRINT|\W{3,}\s*(?:START|BEGIN(?:NING)?) OF\b.*\b(?:E-?BOOK|E-?TEXT|BOOK|TEXT)\b)/iu;
/** Where it ends. */
const ENDS =
  /^(?:[\s*_=\-#]*END OF (?:THE |THIS )?(?:PROJECT )?GUTENBERG|(?:Ende|Fin|Fine|Fim|Einde|Slut)\b.{0,24}\bProject Gutenberg|\*{3} ?START:? FULL LICEN[SC]E|\W{3,}\s*END OF\b.*\b(?:E-?BOOK|E-?TEXT|BOOK|TEXT)\b)/iu;
/** Lines right after the start that name the volunteers. */
const CREDITS =
  /^(?:Produced by|E-?text prepared by|This (?:e-?text|e-?book) was (?:prepared|produced|scanned)|Transcribed (?:from|by)|Scanned by)\b/iu;
/** A start this many lines after another one is the same book's: licence, then small print. */
const HEAD_LINES = 500;
/** More than this after the last book's end is no licence: other books follow that lost the mark of their start. */
const LICENCE_LINES = 600;

/** Notices by how a paragraph of theirs begins or what it holds; from there to `to`, or that paragraph alone. */
const NOTICES: readonly { readonly found: RegExp; readonly to?: RegExp | 'end' }[] = [
  {
    found:
      /^(?:Google\s+)?(?:This is a digital copy of a book that was preserved|Ceci est une copie num[ée]rique|Dies ist ein digitales Exemplar|Esta es una copia digital|Questa [eè] la copia digitale)/iu,
    to: /books\s?\.\s?google\s?\.\s?com/iu,
  },
  { found: /^About this Book ?- ?From Google|^About Google Book Search/iu },
  { found: /digiti[sz]ed by the internet archive|^\W*https?:\/\/(?:www\.)?archive\.org\/details\//iu },
  { found: /^Full text of "|^See other formats$/iu },
  { found: /babel\.hathitrust\.org|hathitrust\.org\/access_use|^(?:Public Domain[^\n]{0,40}Google-digitized)/iu },
  { found: /^Exported from Wikisource\b|^Retrieved from "https?:\/\/\w+\.wikisource\.org/iu },
  { found: /^About this (?:digital edition|electronic book)\b/iu, to: 'end' },
  {
    found:
      /^Dieses Buch wurde Ihnen (?:von|vom) Projekt Gutenberg|projekt-?gutenberg\.(?:org|de)|gutenberg\.spiegel\.de|Projekt Gutenberg-DE/iu,
  },
  { found: /^-{20,}\n【テキスト中に現れる記号について】/u, to: /-{20,}$/u },
  { found: /^底本[：:]/u, to: 'end' },
  { found: /פרויקט בן[־\- ]יהודה/u, to: 'end' },
  {
    found:
      /^This (?:e-?book|e-?text|file|document) (?:was|is|has been) (?:downloaded|made available|brought to you|provided)\b/iu,
  },
];
/** Lines that a scan has on every page; names of libraries stand under some of them. */
const FOOT_LINES =
  /^\s*(?:Digiti[sz]ed (?:by|for)(?: (?:Google|Microsoft|the Internet Archive|[VLC]j?[O0]{2}[QSG]\w*|\w{0,4}oogle))?\W*(?:Original from)?|Exported from Wikisource on .*|Generated (?:on|for|at) .*(?:\d{4}-\d\d-\d\d|hathitrust).*|Original from)\s*$/iu;
const LIBRARY_LINE = /^\s*(?:Google|Internet Archive|\P{Ll}{4,60})\s*$/u;
/** Whose frame it is, by what stands in it. */
const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [/Projekt[- ]Gutenberg/iu, 'Projekt Gutenberg-DE'],
  [/Project Gutenberg|small print/iu, 'Project Gutenberg'],
  [/Wikisource/iu, 'Wikisource'],
  [/HathiTrust|Google-digitized|Original from/iu, 'HathiTrust'],
  [/Google/u, 'Google Books'],
  [/Internet Archive|archive\.org/iu, 'the Internet Archive'],
  [/^底本|テキスト中/mu, 'Aozora Bunko'],
  [/בן[־\- ]יהודה/u, 'Project Ben-Yehuda'],
];
/** A book has its notices here; a quotation of one may stand anywhere. */
const EDGE_LINES = 400;

/** Which lines are part of a frame: 1. */
function frameLines(lines: readonly string[]): Uint8Array {
  const marks = new Uint8Array(lines.length);
  markBooks(lines, marks);
  markNotices(lines, marks);
  return marks;
}

/** Between the marks of start and end are books; what lies before, between and behind them goes. */
function markBooks(lines: readonly string[], marks: Uint8Array): void {
  const lastStart = lines.findLastIndex((line) => STARTS.test(line));
  let outside = lastStart >= 0;
  /** Where the book, or what is outside, began. */
  let from = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (STARTS.test(line)) {
      const isSameBook = outside || at - from <= HEAD_LINES;
      const behind = endOfMark(lines, at) + 1;
      marks.fill(1, isSameBook ? from : at, behind);
      outside = false;
      from = behind;
      at = Math.max(at, markCredits(lines, behind, marks) - 1);
    } else if (!outside && ENDS.test(line)) {
      marks[at] = 1;
      outside = at < lastStart || lines.length - at <= LICENCE_LINES;
      if (outside) from = at;
    }
  }
  if (outside) marks.fill(1, from);
}

/** A mark with a long title goes on until its closing asterisks. */
function endOfMark(lines: readonly string[], start: number): number {
  const mark = lines[start] as string;
  if (!mark.startsWith('***') || mark.trimEnd().endsWith('***')) return start;
  for (let at = start + 1; at < Math.min(lines.length, start + 4); at++) {
    if (lines[at]?.trimEnd().endsWith('***')) return at;
    if (lines[at]?.trim() === '') break;
  }
  return start;
}

/** @returns the line at which the book begins */
function markCredits(lines: readonly string[], from: number, marks: Uint8Array): number {
  let at = from;
  while (at < lines.length && lines[at]?.trim() === '') at++;
  if (!CREDITS.test(lines[at] ?? '')) return from;
  while (at < lines.length && lines[at]?.trim() !== '') marks[at++] = 1;
  return at;
}

function markNotices(lines: readonly string[], marks: Uint8Array): void {
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const isUnderFoot = marks[at - 1] === 1 && FOOT_LINES.test(lines[at - 1] ?? '') && LIBRARY_LINE.test(line);
    if (FOOT_LINES.test(line) || isUnderFoot) marks[at] = 1;
    if (line.trim() === '' || lines[at - 1]?.trim()) continue;
    if (at > EDGE_LINES && at < lines.length - EDGE_LINES) continue;
    const end = paragraphEnd(lines, at);
    const paragraph = lines.slice(at, end).join('\n');
    const notice = NOTICES.find(({ found }) => found.test(paragraph));
    if (notice !== undefined) marks.fill(1, noticeStart(lines, at), noticeEnd(lines, at, end, notice.to));
  }
}

const paragraphEnd = (lines: readonly string[], from: number): number => {
  let at = from;
  while (at < lines.length && lines[at]?.trim() !== '') at++;
  return at;
};

/** The library's name may stand above its notice, as a paragraph of its own. */
function noticeStart(lines: readonly string[], start: number): number {
  let at = start - 1;
  while (at >= 0 && lines[at]?.trim() === '') at--;
  return /^\s*(?:Google|Internet Archive|HathiTrust)\s*$/u.test(lines[at] ?? '') ? at : start;
}

function noticeEnd(lines: readonly string[], start: number, end: number, to: RegExp | 'end' | undefined): number {
  if (to === 'end') return start > lines.length / 2 ? lines.length : end;
  if (to === undefined) return end;
  for (let at = start + 2; at < Math.min(lines.length, start + 120); at++)
    if (to.test(lines[at] as string)) return at + 1;
  return end;
}

/** Cheap signs that a text may have a frame. */
const MAY_HAVE =
  /gutenberg|small print|google|archive|hathitrust|wikisource|digital edition|electronic book|(?:START|BEGIN|BEGINNING) OF|e-?book|e-?text|底本|テキスト中|בן[־\- ]יהודה|See other formats|Full text of/iu;

function find(text: string) {
  if (!MAY_HAVE.test(text)) return null;
  const lines = text.split('\n');
  const marks = frameLines(lines);
  const marked = lines.filter((line, at) => marks[at] === 1 && line.trim() !== '');
  if (marked.length === 0) return null;
  const mark = marked.find((line) => STARTS.test(line)) ?? marked[0] ?? '';
  return {
    count: marked.length,
    what: LIBRARIES.find(([sign]) => marked.some((line) => sign.test(line)))?.[1] ?? '',
    example: { before: shortened(mark, 72), after: null },
  };
}

export const frame: TextCheck = {
  name: 'frame',
  repairLabel: 'Keep only the book',
  find,
  repair: (text) => {
    if (find(text) === null) return text;
    const lines = text.split('\n');
    const marks = frameLines(lines);
    const kept = lines.filter((_, at) => marks[at] === 0).join('\n');
    return `${kept.replace(/^(?:[ \t]*\n)+/, '').trimEnd()}\n`;
  },
  repaired: (count) => `${counted(count, 'line')} of header, licence or notice removed`,
  sentence: (count, what) =>
    `${counted(count, 'line')} of header, licence or notice around the book but not part of it, added by ` +
    `${what.join(', ') || 'a library or a scanning project'}.`,
};
