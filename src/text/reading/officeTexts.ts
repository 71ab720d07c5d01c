/** Documents of Word, LibreOffice and e-book readers: zips with their text in XML. A paragraph is a line. */
import type { Handler } from 'htmlparser2';
import { counted } from '../../core/counts.ts';
import { StudioError } from '../../core/errors.ts';
import { refuseKind } from './fileKinds.ts';
import { readHtml } from './markup.ts';
import type { PackedFile } from './packedFiles.ts';
import { FORMATS, type FormatResult, formatInWords, type OfficeFormat } from './reading.ts';

/** Which office document a zip is; null if it is a zip of other files. @throws StudioError `dataKind` for tables and slides */
export async function officeFormatOf(files: readonly PackedFile[], name: string): Promise<OfficeFormat | null> {
  const has = (path: string): boolean => files.some((file) => file.path === path);
  if (has('word/document.xml')) return 'docx';
  if (has('META-INF/container.xml')) return 'epub';
  if (has('xl/workbook.xml') || has('xl/workbook.bin')) refuseKind(name, 'an Excel workbook, not plain text', 'sheet');
  if (has('ppt/presentation.xml')) refuseKind(name, 'a PowerPoint presentation, not plain text', 'slides');
  if (files.some(({ path }) => /^Index(\.zip$|\/Document\.iwa$)/.test(path)))
    refuseKind(name, 'an Apple Pages, Numbers or Keynote document', 'convert');
  if (files.some(({ path }) => /(^|\/)data\.pkl$/.test(path)))
    refuseKind(name, 'model weights (PyTorch), not a text', 'model');
  const type = files.find(({ path }) => path === 'mimetype');
  if (type === undefined || !has('content.xml')) return null;
  const kind = new TextDecoder().decode(await type.bytes());
  if (kind.includes('spreadsheet')) refuseKind(name, 'an OpenDocument spreadsheet, not plain text', 'sheet');
  if (kind.includes('presentation')) refuseKind(name, 'an OpenDocument presentation, not plain text', 'slides');
  return 'odt';
}

/** Reads a document. @throws StudioError `dataFormat`, `dataUnreadable`, `dataTooLarge` */
export async function readOffice(
  files: readonly PackedFile[],
  format: OfficeFormat,
  name: string,
): Promise<FormatResult> {
  if (format === 'epub') return readEpub(files, name);
  const isWord = format === 'docx';
  const paragraphs = new Paragraphs(isWord ? WORD : OPEN_DOCUMENT);
  await parseXml(await xmlOf(files, isWord ? 'word/document.xml' : 'content.xml', format, name), paragraphs);
  const documents = paragraphs.result();
  const hasNotes = isWord
    ? files.some(({ path }) => /^word\/(foot|end)notes\.xml$/.test(path))
    : paragraphs.leftOut > 0;
  const leftOut = `Formatting, headers and footers${hasNotes ? ', and notes' : ''} were left out.`;
  const lines = documents.reduce((sum, document) => sum + document.split('\n').length, 0);
  return {
    documents,
    notes: [
      `It is ${isWord ? 'a' : 'an'} ${FORMATS[format]} (.${format}): ${counted(lines, 'paragraph was', 'paragraphs were')} read as text, one per line. ${leftOut}`,
    ],
  };
}

async function parseXml(text: string, handler: Partial<Handler>): Promise<void> {
  const { Parser } = await import('htmlparser2');
  const parser = new Parser(handler, { xmlMode: true });
  parser.end(text);
}

async function xmlOf(files: readonly PackedFile[], path: string, format: OfficeFormat, name: string): Promise<string> {
  const file = files.find((each) => each.path === path) ?? files.find((each) => each.path.endsWith(`/${path}`));
  if (file === undefined)
    throw new StudioError('dataFormat', `no ${path}`, {
      name,
      format: formatInWords(format),
      reason: `${path} is missing from it`,
    });
  return new TextDecoder().decode(await file.bytes());
}

/** What the elements of a document's XML stand for. */
interface Elements {
  readonly paragraphs: ReadonlySet<string>;
  /** Elements whose characters are text; null: those of every paragraph. */
  readonly text: string | null;
  readonly leftOut: ReadonlySet<string>;
  readonly signs: Readonly<Record<string, string>>;
}

const WORD: Elements = {
  paragraphs: new Set(['w:p']),
  text: 'w:t',
  leftOut: new Set(['mc:Fallback', 'w:del', 'w:moveFrom']),
  signs: { 'w:tab': '\t', 'w:br': '\n', 'w:cr': '\n', 'w:noBreakHyphen': '\u2011', 'w:softHyphen': '\u00ad' },
};

const OPEN_DOCUMENT: Elements = {
  paragraphs: new Set(['text:p', 'text:h']),
  text: null,
  leftOut: new Set([
    'text:note',
    'office:annotation',
    'text:tracked-changes',
    'office:forms',
    'text:sequence-decls',
    'svg:title',
    'svg:desc',
  ]),
  signs: { 'text:tab': '\t', 'text:line-break': '\n', 'text:s': ' ' },
};

/** Paragraphs, gathered while a document is parsed; an empty one begins a document. */
class Paragraphs {
  leftOut = 0;
  private readonly elements: Elements;
  private readonly documents: string[] = [];
  private lines: string[] = [];
  private readonly open: string[] = [];
  /** Text of the open paragraphs: a text box stands within one. */
  private readonly texts: string[] = [];
  private skipping = 0;

  constructor(elements: Elements) {
    this.elements = elements;
  }

  onopentag(name: string, attributes: Readonly<Record<string, string>>): void {
    this.open.push(name);
    const { paragraphs, leftOut, signs } = this.elements;
    if (leftOut.has(name)) {
      this.skipping++;
      this.leftOut++;
    } else if (this.skipping === 0 && paragraphs.has(name)) this.texts.push('');
    const sign = signs[name];
    if (sign !== undefined)
      this.add(name === 'text:s' ? sign.repeat(Math.min(1000, Number(attributes['text:c'] ?? 1) || 1)) : sign);
  }

  ontext(text: string): void {
    const wanted = this.elements.text;
    if (wanted === null) this.add(text.replaceAll(/[ \t\n\r]+/g, ' '));
    else if (this.open.at(-1) === wanted) this.add(text);
  }

  onclosetag(name: string): void {
    this.open.pop();
    const { paragraphs, leftOut } = this.elements;
    if (leftOut.has(name)) this.skipping--;
    else if (this.skipping === 0 && paragraphs.has(name)) this.endParagraph();
  }

  private add(text: string): void {
    const at = this.texts.length - 1;
    if (this.skipping === 0 && at >= 0) this.texts[at] += text;
  }

  private endParagraph(): void {
    const text = this.texts.pop()?.trim() ?? '';
    if (text !== '') this.lines.push(text);
    else if (this.lines.length > 0) {
      this.documents.push(this.lines.join('\n'));
      this.lines = [];
    }
  }

  result(): string[] {
    return this.lines.length === 0 ? this.documents : [...this.documents, this.lines.join('\n')];
  }
}

/** The chapters of an e-book in their order, without its table of contents. */
async function readEpub(files: readonly PackedFile[], name: string): Promise<FormatResult> {
  if (files.some(({ path }) => path === 'META-INF/rights.xml')) refuseKind(name, 'a locked e-book (DRM)', 'convert');
  const container = await xmlOf(files, 'META-INF/container.xml', 'epub', name);
  const packagePath = /full-path\s*=\s*["']([^"']+)/.exec(container)?.[1] ?? '';
  const book = await xmlOf(files, packagePath, 'epub', name);
  const items = new Map<string, string>();
  for (const [item] of book.matchAll(/<(?:\w+:)?item\s[^>]*>/g)) {
    const attribute = (key: string): string => new RegExp(`\\s${key}\\s*=\\s*["']([^"']*)`).exec(item)?.[1] ?? '';
    if (attribute('properties') !== 'nav') items.set(attribute('id'), attribute('href'));
  }
  const folder = packagePath.includes('/') ? packagePath.slice(0, packagePath.lastIndexOf('/') + 1) : '';
  const documents: string[] = [];
  let chapters = 0;
  for (const [, id = ''] of book.matchAll(/<(?:\w+:)?itemref\s[^>]*idref\s*=\s*["']([^"']*)/g)) {
    const href = items.get(id);
    const path = href === undefined ? '' : `${folder}${unescaped(href)}`;
    const file = files.find((each) => each.path === path);
    if (file === undefined) continue;
    documents.push(...(await readHtml(new TextDecoder().decode(await file.bytes()))).documents);
    chapters++;
  }
  return {
    documents,
    notes: [
      `It is an e-book (EPUB): the text of its ${counted(chapters, 'part')} was read, ${counted(documents.length, 'paragraph')}. Images and the table of contents were left out.`,
    ],
  };
}

/** @example unescaped('a%20b.xhtml') === 'a b.xhtml' */
function unescaped(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}
