/** CSV, TSV and their like: a table whose rows are documents and of which one column is the text. */
import Papa from 'papaparse';
import { tally } from '../../core/collections.ts';
import { counted } from '../../core/counts.ts';
import { chooseField, type FieldValues, JUDGED } from './fields.ts';
import { DocumentText, type FormatResult, headLines } from './reading.ts';

/** What a table is recognised by. */
const HEAD_CHARACTERS = 1 << 18;
const HEAD_ROWS = 300;
/** Characters parsed at a time. */
const CHUNK = 1 << 20;

/** Of a table of one column: a character that no text has, so that commas stay. */
const NO_DELIMITER = '\x1f';
const DELIMITERS = ['\t', ';', '|', ','] as const;
const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  '\t': 'tabs',
  ';': 'semicolons',
  '|': 'vertical bars',
  ',': 'commas',
};
const TABLE_FILE = /\.(csv|tsv|tab|psv)$/i;

type Rows = readonly (readonly string[])[];

/** The character between the columns of a table; null if the text is none. @param name the file's: `.csv` needs less proof */
export function findDelimiter(text: string, name: string): string | null {
  const head = headOf(text);
  const isTable = TABLE_FILE.test(name);
  const lines = headLines(head, HEAD_CHARACTERS, HEAD_ROWS);
  if (lines.length < (isTable ? 2 : 5)) return null;
  const found = DELIMITERS.find((delimiter) => {
    if (!mayBeTable(lines, delimiter, isTable)) return false;
    const rows = parseHead(head, delimiter);
    return isRectangular(rows, isTable ? 0.8 : 0.95) && (isTable || isProven(rows, lines, delimiter));
  });
  return found ?? (isTable && isColumn(lines) ? NO_DELIMITER : null);
}

/** Whether it is worth parsing. A quoted cell may have lines of its own, which hold no delimiter. */
function mayBeTable(lines: readonly string[], delimiter: string, isTable: boolean): boolean {
  const holding = lines.filter((line) => line.includes(delimiter)).length / lines.length;
  const isQuoted = lines.some((line) => line.includes(`${delimiter}"`) || line.includes(`"${delimiter}`));
  return holding >= (isTable || isQuoted ? 0.1 : 0.6);
}

/** A table of one column has no delimiter at all: all cells are quoted, or a short name stands above them. */
function isColumn([first = '', ...rest]: readonly string[]): boolean {
  if (rest.every((line) => line.startsWith('"'))) return true;
  const mean = rest.reduce((sum, line) => sum + line.length, 0) / rest.length;
  return /^"?[\p{L}\p{N}_-]+( [\p{L}\p{N}_-]+)?"?$/u.test(first) && mean > 2 * first.length;
}

/** The first lines, without the hint that Excel writes above them. */
function headOf(text: string): string {
  if (text.length <= HEAD_CHARACTERS) return withoutHint(text);
  const end = text.lastIndexOf('\n', HEAD_CHARACTERS);
  return withoutHint(text.slice(0, end < 0 ? HEAD_CHARACTERS : end));
}

const withoutHint = (text: string): string => text.replace(/^"?sep=.?"?\n/i, '');

const parseHead = (head: string, delimiter: string): Rows =>
  Papa.parse<string[]>(head, { ...options(head, delimiter), preview: HEAD_ROWS }).data;

/**
 * Databases escape a quotation mark with a backslash. Tables of programs that never quote have lone ones, which would swallow
 * the lines behind them.
 */
function options(head: string, delimiter: string) {
  const plain = { delimiter, skipEmptyLines: 'greedy' as const };
  const escaped = { ...plain, escapeChar: '\\' };
  const fits = (tried: Papa.ParseConfig): boolean =>
    Papa.parse<string[]>(head, { ...tried, preview: HEAD_ROWS }).errors.every(({ type }) => type !== 'Quotes');
  if (fits(plain)) return plain;
  return head.includes('\\"') && fits(escaped) ? escaped : { ...plain, quoteChar: '\0' };
}

/** Whether nearly all rows have the same number of cells. */
function isRectangular(rows: Rows, share: number): boolean {
  const width = commonWidth(rows);
  const filled = columnsOf(rows, width).filter((cells) => cells.some((cell) => cell.trim() !== '')).length;
  return width > 1 && filled > 1 && rows.filter((row) => row.length === width).length >= share * rows.length;
}

function commonWidth(rows: Rows): number {
  return [...tally(rows.map(({ length }) => length))].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

const columnsOf = (rows: Rows, width: number): string[][] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? ''));

/** A number, a date, a time, or one word of a few that come again and again: nothing that lines of prose begin or end with. */
const DATUM = /^\s*[-+#]?[\d.,:/%-]*\d[\d.,:/%TZ -]*\s*$/;

/** Whether rows without a file name to tell are a table, and not prose with the same number of commas in each line. */
function isProven(rows: Rows, lines: readonly string[], delimiter: string): boolean {
  const share = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length / lines.length;
  // Indented verse has tabs, too, and so has a play, behind its speakers.
  if (delimiter === '\t') return share(/^\t/) < 0.5 && share(/^[^\t]{1,40}[.:]\t[^\t]*$/) < 0.9;
  const spaced = lines.filter((line) => line.includes(`${delimiter} `)).length;
  const quoted = lines.filter((line) => line.includes(`${delimiter}"`) || line.includes(`"${delimiter}`)).length;
  if (quoted > 0.5 * rows.length) return true;
  const tight = lines.filter((line) => new RegExp(`\\S[${delimiter}]\\S`).test(line)).length;
  if (tight < 0.9 * lines.length || (delimiter === ',' && spaced > 0.9 * lines.length && tight < lines.length))
    return false;
  return columnsOf(rows.slice(1), commonWidth(rows)).some((cells) => {
    const isData = cells.filter((cell) => DATUM.test(cell)).length >= 0.95 * cells.length;
    const isLabel = new Set(cells).size <= 0.2 * cells.length && cells.every((cell) => !cell.trim().includes(' '));
    return isData || isLabel;
  });
}

/** Whether the first row names the columns: short names, each once, no numbers; pandas gives the numbers of rows none. */
function hasHeader(rows: Rows): boolean {
  const [first = [], ...rest] = rows;
  const isName = (cell: string, column: number): boolean =>
    (cell.trim() !== '' || (column === 0 && first.length > 1)) &&
    cell.length <= 40 &&
    !DATUM.test(cell) &&
    !/[.!?]$/.test(cell.trim());
  if (!first.every(isName) || rest.length === 0 || new Set(first).size < first.length) return false;
  // A first row like the others is none: its cells are as long as those below.
  return columnsOf(rest, first.length).some((cells, column) => {
    const name = first[column] ?? '';
    const mean = cells.reduce((sum, cell) => sum + cell.length, 0) / cells.length;
    const isData = cells.filter((cell) => DATUM.test(cell)).length >= 0.9 * cells.length;
    return isData || mean > 2 * name.length || /^(text|sentence|verse|line|content|word|token)s?$/i.test(name.trim());
  });
}

/**
 * Reads a table. A cell of the chosen column is a document.
 * @param chosen a column's name, or its number from 1
 * @throws StudioError `dataChoice` where there is no such column
 */
export function readTable(text: string, name: string, delimiter: string, chosen: string | undefined): FormatResult {
  const whole = withoutHint(text);
  const head = headOf(text);
  const rows = parseHead(head, delimiter);
  const width = Math.max(1, commonWidth(rows));
  const header = hasHeader(rows);
  const sample = rows.slice(header ? 1 : 0, JUDGED);
  const names = columnNames(header ? rows[0] : undefined, width);
  const fields = columnsOf(sample, width).map((values, column): FieldValues => ({ name: names[column] ?? '', values }));
  const { field, said, leftOut } = chooseField(fields, chosen, name);
  const column = fields.indexOf(field);
  const documents: string[] = [];
  const all = new DocumentText();
  let empty = 0;
  let first = header;
  Papa.parse<string[]>(whole, {
    ...options(head, delimiter),
    // It exists, for strings too, and is missing in the types of `parse`.
    ...{ chunkSize: CHUNK },
    step: ({ data }) => {
      const cell = data[column]?.trim() ?? '';
      if (first) first = false;
      else if (cell === '') empty++;
      else {
        if (documents.length < JUDGED) documents.push(cell);
        all.add(cell);
      }
    },
  });
  const kind = delimiter === '\t' ? 'TSV' : 'CSV';
  return {
    documents,
    text: all.text(),
    ...said,
    notes: [
      `It is a table (${kind}, ${width === 1 ? 'one column' : `columns separated by ${DELIMITER_NAMES[delimiter]}`}): ${counted(all.count, 'row')}${width > 1 ? ` of column “${field.name}”` : ''} ${all.count === 1 ? 'was' : 'were'} read as text, each a document.${leftOut}`,
      ...(empty === 0 ? [] : [`${counted(empty, 'row has', 'rows have')} no text in that column.`]),
    ],
  };
}

function columnNames(header: readonly string[] | undefined, width: number): string[] {
  const seen = new Map<string, number>();
  return Array.from({ length: width }, (_, column) => {
    const name = header?.[column]?.trim() || `column ${column + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
