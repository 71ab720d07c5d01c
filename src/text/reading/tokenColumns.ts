/** Annotated corpora with a token in each line: CoNLL-U, other columns of tokens and tags, vertical files; and word/TAG texts. */

import { counted } from '../../core/counts.ts';
import { chooseField, JUDGED } from './fields.ts';
import type { FormatResult } from './reading.ts';

/** Lines that are looked at. */
const HEAD_LINES = 400;
const CONLLU = ['ID', 'FORM', 'LEMMA', 'UPOS', 'XPOS', 'FEATS', 'HEAD', 'DEPREL', 'DEPS', 'MISC'];
/** Part of speech, entity or chunk: capitals, or B-LOC and O. */
const TAG = /^([A-Z][A-Z0-9$.:_|+*-]*\$?|[BIOESLU]-[\w-]+|O|_|-|[.,:;'"`()$#]+|``|'')$/;
const STRUCTURE = /^<\/?[A-Za-z][^<>]*>\s*$/;

/** How a line is cut into columns: tabs, or spaces where there are none. */
const columnsOf = (line: string): string[] => (line.includes('\t') ? line.split('\t') : line.trim().split(/ +/));

const headLines = (text: string): string[] =>
  text
    .slice(0, 1 << 17)
    .split('\n')
    .slice(0, HEAD_LINES);

/** Whether a text has one token a line. */
export function isTokenColumns(text: string): boolean {
  const lines = headLines(text);
  const tokens = lines.filter(
    (line) => line.trim() !== '' && !line.startsWith('# ') && !STRUCTURE.test(line) && !line.startsWith('-DOCSTART-'),
  );
  if (tokens.length < 10) return false;
  const rows = tokens.map(columnsOf);
  const share = (test: (row: readonly string[]) => boolean): number => rows.filter(test).length / rows.length;
  const width = rows[0]?.length ?? 0;
  // Numbered lines of prose have as many words as they have.
  if (width >= 8 && share((row) => row.length === width && /^\d+([-.]\d+)?$/.test(row[0] ?? '')) > 0.9) return true;
  if (width < 2 || share((row) => row.length === width) < 0.95) return false;
  // A cell with a space is no token.
  if (
    tokens.some((line) => line.includes('\t')) &&
    share((row) => row.every((cell) => !cell.trim().includes(' '))) < 0.95
  )
    return false;
  const parts = lines.filter((line) => line.trim() === '' || STRUCTURE.test(line)).length;
  const tagged = Array.from({ length: width - 1 }, (_, at) => {
    const cells = rows.map((row) => row[at + 1] ?? '');
    return (
      cells.filter((cell) => TAG.test(cell)).length > 0.9 * cells.length && new Set(cells).size < 0.4 * cells.length + 5
    );
  });
  // Without sentences or elements, as TreeTagger writes it, a text has more than two columns.
  return (parts > 0 || (width > 2 && lines[0]?.includes('\t') === true)) && tagged.includes(true);
}

/** Whether a text's words have tags behind them, as “the/DT dog/NN”. */
export function isTagged(text: string): boolean {
  const words = text
    .slice(0, 20_000)
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 1000);
  return words.length > 20 && words.filter((word) => TAGGED.test(word)).length > 0.95 * words.length;
}

const TAGGED = /^(.+)[/_|]([A-Z][A-Z0-9$+*-]*|[a-z]{2,4}\$?|[.,:;'"`()$#]+)$/;

/** The words without their tags. */
export function readTagged(text: string): FormatResult {
  const bare = (line: string): string =>
    line
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => TAGGED.exec(word)?.[1] ?? word)
      .join(' ');
  const documents = text.split(/\n\s*\n/).map((block) =>
    block
      .split('\n')
      .map((line) => joinTokens(bare(line).split(' ')))
      .join('\n'),
  );
  return {
    documents,
    notes: ['Its words are followed by tags (“the/DT”): the words were read as text; the tags were left out.'],
  };
}

/**
 * Reads token columns: a sentence a line.
 * @throws StudioError `dataChoice` where there is no such column
 */
export function readTokenColumns(text: string, name: string, chosen: string | undefined): FormatResult {
  const lines = text.split('\n');
  const rows = lines
    .slice(0, HEAD_LINES)
    .filter((line) => line.trim() !== '' && !line.startsWith('#') && !STRUCTURE.test(line))
    .map(columnsOf);
  const width = rows[0]?.length ?? 1;
  const isUniversal = width >= 8 && rows.every((row) => /^\d+([-.]\d+)?$/.test(row[0] ?? ''));
  const fields = Array.from({ length: width }, (_, column) => ({
    name: (isUniversal ? CONLLU[column] : undefined) ?? `column ${column + 1}`,
    values: rows.slice(0, JUDGED).map((row) => row[column] ?? ''),
  }));
  const usual = isUniversal ? 1 : firstOfWords(fields.map(({ values }) => values));
  const { field, said, leftOut } = chooseField(fields, chosen ?? fields[usual]?.name, name);
  const column = fields.indexOf(field);
  const { documents, count } = sentencesOf(lines, column, isUniversal && column === 1);
  return {
    documents,
    ...said,
    notes: [
      `It is an annotated corpus (${isUniversal ? 'CoNLL-U' : 'columns of tokens and tags'}): ${counted(count, 'sentence was', 'sentences were')} read from column “${field.name}”.${leftOut}`,
    ],
  };
}

/** The first column that is neither numbers nor tags. */
function firstOfWords(columns: readonly (readonly string[])[]): number {
  const at = columns.findIndex(
    (cells) => cells.filter((cell) => /\p{Ll}/u.test(cell) || /[^\0-\x7f]/.test(cell)).length > 0.5 * cells.length,
  );
  return Math.max(0, at);
}

/** The documents of a corpus, a sentence a line, and how many sentences there are. */
function sentencesOf(lines: readonly string[], column: number, isUniversal: boolean) {
  const documents: string[] = [];
  let sentences: string[] = [];
  let sentence = new TokenLine();
  let count = 0;
  const endSentence = (): void => {
    const written = sentence.text();
    if (written !== '') {
      sentences.push(written);
      count++;
    }
    sentence = new TokenLine();
  };
  const endDocument = (): void => {
    endSentence();
    if (sentences.length > 0) documents.push(sentences.join('\n'));
    sentences = [];
  };
  for (const line of lines) {
    if (/^-DOCSTART-|^# ?newdoc|^<\/?(doc|text|file)\b/.test(line)) endDocument();
    else if (line.trim() === '' || /^<\/?(s|p|u)\b[^>]*>/.test(line)) endSentence();
    else if (isUniversal && line.startsWith('# text =')) sentence.written = line.slice('# text ='.length).trim();
    else if (/^<g ?\/>/.test(line)) sentence.glue();
    else if (!STRUCTURE.test(line) && !(line.startsWith('#') && !line.includes('\t')))
      sentence.add(columnsOf(line), column, isUniversal);
  }
  endDocument();
  return { documents, count };
}

/** The tokens of a sentence that is being read. */
class TokenLine {
  /** What the file gives as the sentence. */
  written = '';
  private readonly tokens: string[] = [];
  private spaced = true;
  /** Marks of spacing, which tell more than punctuation. */
  private knowsSpaces = false;
  /** The last id of a token that is spelled out as several words. */
  private covered = 0;

  glue(): void {
    this.spaced = false;
    this.knowsSpaces = true;
  }

  add(cells: readonly string[], column: number, isUniversal: boolean): void {
    const token = cells[column]?.trim() ?? '';
    const [id = ''] = cells;
    if (isUniversal) {
      if (id.includes('.') || (!id.includes('-') && Number(id) <= this.covered)) return;
      if (id.includes('-')) this.covered = Number(id.split('-')[1]);
    }
    if (token === '') return;
    this.tokens.push(this.spaced || this.tokens.length === 0 ? ` ${token}` : token);
    this.spaced = !(isUniversal && cells.at(-1)?.includes('SpaceAfter=No'));
    if (!this.spaced) this.knowsSpaces = true;
  }

  text(): string {
    if (this.written !== '') return this.written;
    if (this.knowsSpaces) return this.tokens.join('').trim();
    return joinTokens(this.tokens.map((token) => token.trim()));
  }
}

/** Tokens with spaces between them, but none before a comma and within brackets. */
export function joinTokens(tokens: readonly string[]): string {
  return tokens
    .join(' ')
    .replaceAll(/ (?=[.,;:!?%)\]}…»”’]+( |$))/g, '')
    .replaceAll(/(^| )([([{«“‘¿¡]) /g, '$1$2')
    .trim();
}
