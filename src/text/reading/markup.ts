/** HTML, TEI and other XML: which of the three a text is, and the text without its tags. */
import type { Handler } from 'htmlparser2';
import { groupBy } from '../../core/collections.ts';
import { counted } from '../../core/counts.ts';
import { chooseField, fieldsOf, JUDGED } from './fields.ts';
import { HtmlText } from './htmlText.ts';
import { type FormatResult, listed } from './reading.ts';
import { TeiText } from './teiText.ts';
import { joinTokens } from './tokenColumns.ts';
import { XmlRecords } from './xmlRecords.ts';

const HTML_START = /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype html|<html[\s>])/i;
const HTML_TAG =
  /<\/?(p|div|br|b|i|em|strong|span|a|h[1-6]|ul|ol|li|table|tr|td|font|blockquote|center|hr|img|pre)(\s[^<>]*)?\/?>/gi;
const XML_START =
  /^\s*(<\?xml[^>]*\?>\s*|<!DOCTYPE[^[>]*(\[[\s\S]*?\]\s*)?>\s*|<!--[\s\S]*?-->\s*|<\?[^>]*\?>\s*)*<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(\s[^<>]*)?\/?>/;

export type Markup = 'html' | 'tei' | 'xml';

/** Which markup a text is in; null for a text that only quotes tags. */
export function markupOf(text: string, name: string): Markup | null {
  const head = text.slice(0, 1 << 16);
  if (HTML_START.test(head)) return 'html';
  const [whole, , , prefix = '', root] = XML_START.exec(head) ?? [];
  if (whole !== undefined && root !== undefined) {
    if (/^(TEI(\.2)?|teiCorpus)$/.test(root)) return 'tei';
    const tag = `${prefix}${root}`;
    const isRoot = text.trimEnd().endsWith(`</${tag}>`) && head.split(new RegExp(`<${tag}[\\s>]`)).length === 2;
    if (!new RegExp(HTML_TAG.source, 'i').test(`<${root}>`) && (isRoot || /^\s*<\?xml/.test(head))) return 'xml';
  }
  const tags = head.match(HTML_TAG)?.length ?? 0;
  const lines = head.split('\n').filter((line) => line.trim() !== '').length;
  const isNamed = /\.(x?html?)$/i.test(name);
  if (/\.(md|markdown|rst)$/i.test(name)) return null;
  return tags >= (isNamed ? 1 : 10) && (isNamed || tags >= 0.3 * lines) ? 'html' : null;
}

/** Characters given to the parser at a time. */
const CHUNK = 1 << 16;

/** Gives a text's tags and characters to a handler. The parser is loaded when the first text needs it. */
async function parse(text: string, handler: Partial<Handler>, xmlMode: boolean): Promise<void> {
  const { Parser } = await import('htmlparser2');
  const parser = new Parser(handler, { xmlMode, recognizeCDATA: true });
  for (let at = 0; at < text.length; at += CHUNK) parser.write(text.slice(at, at + CHUNK));
  parser.end();
}

/** The text of a web page: what a reader sees of its main part. */
export async function readHtml(text: string): Promise<FormatResult> {
  const page = new HtmlText();
  await parse(text, page, false);
  const { documents, leftOut } = page.result();
  const parts = leftOut.length === 0 ? '' : ` Also left out: ${listed(leftOut)}.`;
  return {
    documents,
    notes: [
      `It is HTML, a web page: ${counted(documents.length, 'paragraph was', 'paragraphs were')} read as text; the tags were left out.${parts}`,
    ],
  };
}

/** The text of an edition: the reading text of its body. */
export async function readTei(text: string): Promise<FormatResult> {
  const edition = new TeiText(/<(\w+:)?body[\s>]/.test(text));
  await parse(withEntities(text), edition, true);
  const { documents, leftOut } = edition.result();
  const parts = leftOut.length === 0 ? '' : ` Left out: ${listed(leftOut)}.`;
  return {
    documents,
    notes: [
      `It is TEI, an edition in XML: the text of its body was read, ${counted(documents.length, 'document')}.${parts}`,
    ],
  };
}

/**
 * The text of the elements that hold the most prose, or of those that were chosen.
 * @throws StudioError `dataChoice` where there are none of the name
 */
export async function readXml(text: string, name: string, chosen: string | undefined): Promise<FormatResult> {
  const found = new XmlRecords();
  await parse(withEntities(text), found, true);
  const records = found.result();
  const byName = groupBy(records, (record) => record.name);
  const fields = fieldsOf(byName, (record) => record.text);
  const { field, said, leftOut } = chooseField(fields, chosen, name);
  const wanted = records.filter((record) => record.name === field.name);
  // Corpora have an element for each word.
  const areWords = field.values.every((value) => !/\s/.test(value));
  return {
    // What lies side by side is one document.
    documents: [...groupBy(wanted, ({ group }) => group).values()].map((own) => {
      const lines = own.map((each) => each.text);
      return areWords ? joinTokens(lines) : lines.join('\n');
    }),
    ...said,
    notes: [
      `It is XML: ${counted(field.count ?? 0, `“${field.name}” element was`, `“${field.name}” elements were`)} read as text.${leftOut}`,
    ],
  };
}

/** Entities that the file declares itself, put in their places; they are not expanded again. */
function withEntities(text: string): string {
  const declared = new Map(
    [...text.slice(0, 1 << 16).matchAll(/<!ENTITY\s+([\w.-]+)\s+["']([^"'<>%]{0,200})["']\s*>/g)].map(
      ([, key = '', value = '']) => [key, value],
    ),
  );
  return declared.size === 0
    ? text
    : text.replaceAll(/&([\w.-]+);/g, (whole, key: string) => declared.get(key) ?? whole);
}

/** Whether most values have HTML within, as the bodies of feeds and exports do. */
export function holdsHtml(values: readonly string[]): boolean {
  const judged = values.slice(0, JUDGED);
  const tagged = judged.filter(
    (value) => new RegExp(HTML_TAG.source, 'i').test(value) || /&(amp|lt|gt|quot|nbsp|#\d+);/.test(value),
  ).length;
  return judged.length > 0 && tagged > 0.5 * judged.length;
}

/** Each value without its tags; still one document. */
export async function withoutHtml(values: readonly string[]): Promise<string[]> {
  const plain: string[] = [];
  for (const value of values) {
    const page = new HtmlText();
    await parse(value, page, false);
    plain.push(page.result().documents.join('\n'));
  }
  return plain;
}
