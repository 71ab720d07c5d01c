/** How a text was read: what its file was taken for, what became text and what did not, and what else could be chosen. */
import { StudioError } from '../../core/errors.ts';
import { type EncodingName, encodingLabel } from './encodings.ts';

/** The forms that a text comes in. Those without a reader of their own are documents of office programs. */
export const FORMATS = {
  plain: 'Plain text',
  markdown: 'Markdown with front matter',
  csv: 'CSV',
  tsv: 'TSV',
  json: 'JSON',
  jsonl: 'JSON Lines',
  conll: 'Token columns (CoNLL)',
  tagged: 'Tagged words',
  html: 'HTML',
  tei: 'TEI',
  xml: 'XML',
  subtitles: 'Subtitles',
  timed: 'Time-stamped lines',
  latex: 'LaTeX',
  docx: 'Word document',
  odt: 'OpenDocument text',
  epub: 'EPUB',
} as const;

export type FormatName = keyof typeof FORMATS;

/** A form in the middle of a sentence. @example formatInWords('docx') === 'a Word document' */
export function formatInWords(format: FormatName): string {
  const label = FORMATS[format];
  if (format === 'docx') return `a ${label}`;
  if (format === 'epub') return `an ${label}`;
  return /^(plain|conll|tagged|subtitles|timed)$/.test(format) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

export type OfficeFormat = Extract<FormatName, 'docx' | 'odt' | 'epub'>;
/** Of a file that is text, and no zip. */
export type PlainFormat = Exclude<FormatName, OfficeFormat>;

/** The forms that a person can choose for any file; office documents are what they are. */
export const CHOOSABLE = (Object.keys(FORMATS) as FormatName[]).filter(
  (name): name is PlainFormat => !/^(docx|odt|epub)$/.test(name),
);

/** What a person chose in place of what was recognised. */
export interface ReadingChoice {
  readonly encoding?: string;
  readonly format?: string;
  /** A column's, field's or element's name. */
  readonly field?: string;
}

/** Something of which a file has several, and one becomes the text. */
export interface Field {
  readonly name: string;
  /** The beginning of its first value. */
  readonly example: string;
}

export interface Reading {
  readonly name: string;
  /** null for documents that say it themselves. */
  readonly encoding: EncodingName | null;
  /** Encodings to choose from, likeliest first; empty where there is nothing to choose. */
  readonly encodings: readonly EncodingName[];
  readonly format: FormatName;
  /** Forms to choose from; empty where there is nothing to choose. */
  readonly formats: readonly FormatName[];
  /** The column, field or element that is the text, where there are some. */
  readonly field: string | null;
  readonly fields: readonly Field[];
  /** One sentence for each thing that was found; what is left out is named. */
  readonly notes: readonly string[];
}

/** What a person should know of how files were read; one sentence each. */
export function readingNotices(readings: readonly Reading[]): string[] {
  return readings.flatMap(({ name, notes }) =>
    notes.map((note) => (/^It /.test(note) ? `“${name}” ${note.slice('It '.length)}` : `“${name}”: ${note}`)),
  );
}

/** Whether there is something to say or to choose. */
export const hasNews = ({ notes, encodings, formats, fields }: Reading): boolean =>
  notes.length + encodings.length + formats.length + fields.length > 0;

/** @example describeReading(reading) === 'CSV, “Text”, Windows-1251'; empty for plain UTF-8 */
export function describeReading({ encoding, format, field }: Reading): string {
  const parts = [
    ...(format === 'plain' ? [] : [FORMATS[format]]),
    ...(field === null ? [] : [`“${field}”`]),
    ...(encoding === null || encoding === 'utf-8' ? [] : [encodingLabel(encoding)]),
  ];
  return parts.join(', ');
}

/** What a reader of a format makes of a file. */
export interface FormatResult {
  /** Each with its lines; the first ones alone where `text` has them all. */
  readonly documents: readonly string[];
  readonly text?: string;
  readonly field?: string;
  readonly fields?: readonly Field[];
  /** What the file is and what is left out, as sentences about “it”: “It is a table …”. */
  readonly notes: readonly string[];
}

/** Documents as one text, with a blank line between them and none within; gathered so that millions of them take no more. */
export class DocumentText {
  private readonly parts: string[] = [];
  private documents: string[] = [];
  private length = 0;
  count = 0;

  add(document: string): void {
    const tidy = tidyDocument(document);
    if (tidy === '') return;
    this.documents.push(tidy);
    this.count++;
    this.length += tidy.length;
    // Strings that were cut from a longer one keep it in memory; joined, they are copies.
    if (this.length > 1 << 20) this.join();
  }

  private join(): void {
    if (this.documents.length > 0) this.parts.push(this.documents.join('\n\n'));
    this.documents = [];
    this.length = 0;
  }

  text(): string {
    this.join();
    const last = this.parts.pop();
    return last === undefined ? '' : [...this.parts, `${last}\n`].join('\n\n');
  }
}

/** @example joinDocuments(['a\n\nb', 'c']) === 'a\nb\n\nc\n' */
export function joinDocuments(documents: readonly string[]): string {
  const joined = new DocumentText();
  for (const document of documents) joined.add(document);
  return joined.text();
}

/** Without blank lines, which would cut it in two, and without white space at its ends. */
function tidyDocument(document: string): string {
  const plain = document.includes('\r') ? document.replaceAll(/\r\n?/g, '\n') : document;
  return (plain.includes('\n') ? plain.replaceAll(/\n\s*\n/g, '\n') : plain).trim();
}

/** @example listed(['a', 'b', 'c']) === 'a, b and c' */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** The first lines of a text that are not blank, at most so many. */
export function headLines(text: string, characters: number, most: number): string[] {
  const lines = text.slice(0, characters).split('\n');
  return lines.filter((line) => line.trim() !== '').slice(0, most);
}

/** What is thrown where a person chose something that a file has not. */
export function unknownChoice(name: string, what: string, value: string, known: readonly string[]): StudioError {
  return new StudioError('dataChoice', `no ${what} ${value}`, { name, what, value, known: known.join(', ') });
}
