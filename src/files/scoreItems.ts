/** Items that a model is scored on, from a file: cloze tests and minimal pairs, as CSV, TSV or JSON Lines. */
import Papa from 'papaparse';
import { StudioError } from '../core/errors.ts';
import { countMasks } from '../text/maskedSentence.ts';

/** One item; `line` is its line in the file, from 1. */
export type ScoreItem =
  | { readonly kind: 'cloze'; readonly line: number; readonly text: string; readonly word: string }
  | { readonly kind: 'pair'; readonly line: number; readonly good: string; readonly bad: string };

/** What an item comes to. */
export type ScoredItem = ScoreItem & {
  readonly right: boolean;
  /** The word's probability, or the good sentence's pseudo-log-likelihood in nats. */
  readonly score: number;
  /** The likeliest word with its probability, or the bad sentence's pseudo-log-likelihood. */
  readonly against: number;
  readonly answer: string;
};

/** Names of columns or fields; the first that a file has counts. */
const TEXT = ['text', 'sentence', 'cloze'];
const WORD = ['word', 'target', 'answer'];
/** The second is BLiMP's. */
const GOOD = ['good', 'sentence_good'];
const BAD = ['bad', 'sentence_bad'];

interface Row {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a file of items: either `text` with one `<mask>` and the right `word`, or `good` and `bad`, two sentences of which the
 * first should be likelier. Other columns are left alone.
 * @throws StudioError `scoreFile` with the line, if it is one that is wrong
 */
export function readScoreItems(name: string, content: string): ScoreItem[] {
  const text = content.replace(/^\uFEFF/u, '').replaceAll('\r\n', '\n');
  const isJson = /\.jsonl?$|\.ndjson$/iu.test(name) || /^\s*\{/u.test(text);
  const items = (isJson ? jsonRows(text) : tableRows(text)).map(itemOf);
  if (items.length === 0) refuse(undefined, 'contains no items');
  return items;
}

function refuse(line: number | undefined, reason: string): never {
  throw new StudioError('scoreFile', `${line === undefined ? 'the file' : `line ${line}`} ${reason}`, {
    ...(line !== undefined && { line }),
    reason,
  });
}

function jsonRows(text: string): Row[] {
  return text.split('\n').flatMap((content, index): Row[] => {
    if (content.trim() === '') return [];
    try {
      const fields: unknown = JSON.parse(content);
      if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
        return [{ line: index + 1, fields: fields as Row['fields'] }];
      }
    } catch {
      refuse(index + 1, 'is not JSON');
    }
    return refuse(index + 1, 'is not a JSON object');
  });
}

function tableRows(text: string): Row[] {
  const rows: Row[] = [];
  let header: string[] | null = null;
  let [start, line] = [0, 1];
  Papa.parse<string[]>(text, {
    delimiter: delimiterOf(text),
    step: ({ data, errors, meta }) => {
      const [problem] = errors;
      if (problem !== undefined) refuse(line, `can’t be read: ${problem.message}`);
      if (data.some((cell) => cell.trim() !== '')) {
        if (header === null) header = data.map((cell) => cell.trim().toLowerCase());
        else rows.push({ line, fields: Object.fromEntries(header.map((column, at) => [column, data[at]])) });
      }
      // A cell in quotation marks may have line breaks.
      line += text.slice(start, meta.cursor).split('\n').length - 1;
      start = meta.cursor;
    },
  });
  return rows;
}

/** What its first line has most of: sentences have commas, names of columns have none. */
function delimiterOf(text: string): string {
  const header = text.trimStart().split('\n', 1)[0] ?? '';
  const count = (delimiter: string): number => header.split(delimiter).length;
  return [',', '\t', ';'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function itemOf({ line, fields }: Row): ScoreItem {
  const read = (names: readonly string[]): string | null => {
    const value = names.map((name) => fields[name]).find((found) => found !== undefined && found !== '');
    return typeof value === 'string' ? value : null;
  };
  const [text, word, good, bad] = [read(TEXT), read(WORD), read(GOOD), read(BAD)];
  if (good !== null && bad !== null) return { kind: 'pair', line, good, bad };
  if (text !== null && word !== null) {
    const masks = countMasks(text);
    if (masks !== 1) refuse(line, `has ${masks} <mask> tokens, but needs exactly one`);
    return { kind: 'cloze', line, text, word: word.trim() };
  }
  return refuse(line, `has neither “text” and “word” nor “good” and “bad”, but ${Object.keys(fields).join(', ')}`);
}

/** Items with what they came to, as CSV; only the columns that they have. */
export function scoredCsv(items: readonly ScoredItem[]): string {
  const rows = items.map(({ right: correct, against: alternative_score, answer: prediction, ...rest }) => {
    return { ...rest, correct, alternative_score, prediction };
  });
  const columns = ['line', 'correct', 'score', 'alternative_score', 'prediction', 'text', 'word', 'good', 'bad'];
  const used = columns.filter((column) => rows.some((row) => column in row));
  return `${Papa.unparse(rows, { columns: used, newline: '\n' })}\n`;
}

/** A share with its 95% confidence interval. Source: Wilson (1927), the score interval. */
export function shareWithInterval(right: number, all: number): { share: number; low: number; high: number } {
  const z = 1.959964;
  const share = right / all;
  const middle = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all);
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
