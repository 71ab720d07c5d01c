/** Which form a text is in, and its text without what the form adds. */
import { StudioError } from '../../core/errors.ts';
import { isJson, isJsonLines, readJson, readJsonLines } from './jsonTexts.ts';
import { isLatex, readLatex } from './latexText.ts';
import { holdsHtml, markupOf, readHtml, readTei, readXml, withoutHtml } from './markup.ts';
import { type FormatResult, formatInWords, joinDocuments, type PlainFormat } from './reading.ts';
import { findDelimiter, readTable } from './tables.ts';
import { isSubtitles, isTimed, readSubtitles, readTimed } from './timedText.ts';
import { isTagged, isTokenColumns, readTagged, readTokenColumns } from './tokenColumns.ts';

/** Begins as JSON does and has keys: whatever is wrong with it, it is no prose. */
const LIKE_JSON = /^\s*(\{\s*"|\[\s*[{["])/;

/**
 * The form of a text. Prose that only has commas, braces, tags or arrows in it is plain.
 * @throws StudioError `dataFormat` for JSON that is damaged
 */
export function recogniseFormat(text: string, name: string): PlainFormat {
  if (isJson(text)) return 'json';
  if (isJsonLines(text, name)) return 'jsonl';
  if (LIKE_JSON.test(text) && (text.slice(0, 1 << 16).match(/"[\w-]+"\s*:/g)?.length ?? 0) > 4) return 'json';
  if (isSubtitles(text)) return 'subtitles';
  if (hasFrontMatter(text)) return 'markdown';
  if (isLatex(text)) return 'latex';
  // A vertical file has tags, too, and is no XML.
  if (isTokenColumns(text)) return 'conll';
  const markup = markupOf(text, name);
  if (markup !== null) return markup;
  const delimiter = findDelimiter(text, name);
  if (delimiter !== null) return delimiter === '\t' ? 'tsv' : 'csv';
  if (isTimed(text)) return 'timed';
  return isTagged(text) ? 'tagged' : 'plain';
}

/** A text in plain form. */
export interface PlainForm extends Omit<FormatResult, 'documents'> {
  readonly text: string;
}

/**
 * Reads a text in a form.
 * @param field the column, field or element that is the text; undefined: the one with the most prose
 * @throws StudioError `dataFormat` if it is not in this form or holds no text, `dataChoice` if there is no such field
 */
export async function readFormat(
  text: string,
  name: string,
  format: PlainFormat,
  field: string | undefined,
): Promise<PlainForm> {
  if (format === 'plain') return { text, notes: [] };
  if (format === 'markdown') return readBehindFrontMatter(text);
  const read = await READERS[format](text, name, field);
  const isMarked = /^(csv|tsv|json|jsonl|xml)$/.test(format) && holdsHtml(read.documents);
  const all = isMarked ? (read.text?.split('\n\n') ?? read.documents) : read.documents;
  const plain = isMarked ? joinDocuments(await withoutHtml(all)) : (read.text ?? joinDocuments(all));
  if (plain === '')
    throw new StudioError('dataFormat', 'no text', {
      name,
      format: formatInWords(format),
      reason: 'it contains no text',
    });
  const notes = isMarked ? [...read.notes, 'HTML tags within it were left out.'] : read.notes;
  return { ...read, text: plain, notes };
}

type Reader = (text: string, name: string, field: string | undefined) => FormatResult | Promise<FormatResult>;

const readRows: Reader = (text, name, field) =>
  readTable(text, name, findDelimiter(text, name.replace(/(\.\w+)?$/, '.csv')) ?? ',', field);

const READERS: Readonly<Record<Exclude<PlainFormat, 'plain' | 'markdown'>, Reader>> = {
  csv: readRows,
  tsv: (text, name, field) => readTable(text, name, '\t', field),
  json: readJson,
  jsonl: readJsonLines,
  conll: readTokenColumns,
  tagged: readTagged,
  html: readHtml,
  tei: readTei,
  xml: readXml,
  subtitles: readSubtitles,
  timed: readTimed,
  latex: readLatex,
};

/** Around the settings at the head of a Markdown file, as static sites and note programs write them: YAML, TOML or JSON. */
const FENCES = [
  /^---[ \t]*\n([\s\S]*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)/,
  /^\+\+\+[ \t]*\n([\s\S]*?\n)?\+\+\+[ \t]*(?:\n|$)/,
  /^;;;[ \t]*\n([\s\S]*?\n)?;;;[ \t]*(?:\n|$)/,
];
/** A key, an element of a list, a comment, or what goes on from the line before. */
const SETTING = /^(\s*#|\s*-\s|\s+\S|[\w"'. -]+\s*[:=](\s|$)|[{}[\]],?$)/;

/** Characters of a front matter at the head of the text; 0 if there is none. */
function frontMatterLength(text: string): number {
  for (const fence of FENCES) {
    const [whole, inner = ''] = fence.exec(text.slice(0, 1 << 16)) ?? [];
    if (whole === undefined) continue;
    const lines = inner.split('\n').filter((line) => line.trim() !== '');
    if (
      lines.length > 0 &&
      lines.every((line) => SETTING.test(line)) &&
      lines.some((line) => /^[\w"' -]+\s*[:=]/.test(line))
    )
      return whole.length;
  }
  return 0;
}

const hasFrontMatter = (text: string): boolean => frontMatterLength(text.trimStart()) > 0;

/** The text behind the front matter, as it is. */
function readBehindFrontMatter(text: string): FormatResult & { readonly text: string } {
  const whole = text.trimStart();
  const length = frontMatterLength(whole);
  const count = whole.slice(0, length).split('\n').length - 1;
  return {
    documents: [],
    text: whole.slice(length).replace(/^\n+/, ''),
    notes:
      length === 0
        ? []
        : [
            `It is Markdown with front matter: the ${count} lines of settings at its head were left out. Markdown syntax was kept.`,
          ],
  };
}
