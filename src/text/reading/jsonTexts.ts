/** JSON and JSON Lines: strings by their path, of which one path is the text. */

import { groupBy } from '../../core/collections.ts';
import { counted } from '../../core/counts.ts';
import { messageOf, StudioError } from '../../core/errors.ts';
import { chooseField, fieldsOf } from './fields.ts';
import { FORMATS, type FormatResult, headLines } from './reading.ts';

/** An object with as many keys or more, all with values of one kind, is a list by another name. */
const KEYS_OF_A_LIST = 6;
/** As many elements make a list one of documents. */
const FEWEST_DOCUMENTS = 10;
/** Deeper than this no text lies. */
const DEEPEST = 60;
const LONGEST_PATH = 500;

/** A string, its path, and the numbers of the list elements that it lies in, outermost first. */
interface Place {
  readonly path: string;
  readonly value: string;
  readonly elements: readonly number[];
}

export function isJson(text: string): boolean {
  const first = /\S/.exec(text)?.[0];
  if (first !== '{' && first !== '[') return false;
  return parse(text) !== undefined;
}

/** Whether nearly every line is a JSON value of its own. */
export function isJsonLines(text: string, name: string): boolean {
  const lines = headLines(text, 1 << 18, 50);
  // The last one may have been cut.
  const whole = text.length > 1 << 18 && lines.length > 1 && lines.length < 50 ? lines.slice(0, -1) : lines;
  const named = /\.(jsonl|ndjson)$/i.test(name);
  if (whole.length < (named ? 1 : 2)) return false;
  // A line in quotation marks alone is speech, unless the file is named otherwise.
  const start = named ? /^\s*[[{"]/ : /^\s*[[{]/;
  const values = whole.filter((line) => start.test(line) && parse(line) !== undefined).length;
  return values >= 0.9 * whole.length;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads JSON, or several values of it one after another. @throws StudioError `dataFormat`, `dataChoice` */
export function readJson(text: string, name: string, chosen: string | undefined): FormatResult {
  const several = text.replaceAll(/(?<=[}\]])\s*\n\s*(?=[{[])/g, ',');
  const value = parse(text) ?? parse(`[${several}]`);
  if (value !== undefined) return readValue(value, name, chosen, 'json', 0);
  throw new StudioError('dataFormat', 'no JSON', { name, format: FORMATS.json, reason: damageOf(text) });
}

/** Where JSON breaks off or is wrong, as the browser says it. */
function damageOf(text: string): string {
  try {
    JSON.parse(text);
    return 'it isn’t valid JSON';
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Reads JSON Lines; a line that is no JSON is left out. @throws StudioError `dataFormat`, `dataChoice` */
export function readJsonLines(text: string, name: string, chosen: string | undefined): FormatResult {
  const values: unknown[] = [];
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parse(line);
    if (value === undefined) damaged++;
    else values.push(value);
  }
  return readValue(values, name, chosen, 'jsonl', damaged);
}

function readValue(
  value: unknown,
  name: string,
  chosen: string | undefined,
  format: 'json' | 'jsonl',
  damaged: number,
): FormatResult {
  const all: Place[] = [];
  collect(tableOf(value) ?? value, '', [], all);
  if (all.length === 0)
    throw new StudioError('dataFormat', 'no strings', { name, format: FORMATS[format], reason: 'it contains no text' });
  const places = groupBy(all, ({ path }) => path);
  const fields = fieldsOf(places, (place) => place.value);
  const { field, said, leftOut } = chooseField(fields, chosen, name);
  const documents = documentsOf(places.get(field.name) ?? []);
  const what = field.name === WHOLE ? 'its strings were read as text' : `field “${field.name}” was read as text`;
  return {
    documents,
    ...said,
    notes: [
      `It is ${FORMATS[format]}: ${what}, ${counted(documents.length, 'document')}.${leftOut}`,
      ...(damaged === 0
        ? []
        : [
            `${counted(damaged, 'line is', 'lines are')} not valid JSON and ${damaged === 1 ? 'was' : 'were'} left out.`,
          ]),
    ],
  };
}

/** The path of strings that lie in lists alone. */
const WHOLE = 'strings';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Strings of a value, by their path; list elements have no part in it. */
function collect(value: unknown, path: string, elements: readonly number[], places: Place[]): void {
  if (elements.length > DEEPEST || path.length > LONGEST_PATH) return;
  if (typeof value === 'string') {
    if (value.trim() !== '') places.push({ path: path === '' ? WHOLE : path, value, elements });
  } else if (Array.isArray(value)) {
    const joined = runsOfText(value);
    if (joined !== null) collect(joined, path, elements, places);
    else for (const [at, element] of value.entries()) collect(element, path, [...elements, at], places);
  } else if (isObject(value)) {
    const entries = Object.entries(value);
    const isList = isListByKeys(entries);
    const pathOf = (key: string): string => (isList ? path : path === '' ? key : `${path}.${key}`);
    for (const [at, [key, element]] of entries.entries()) {
      collect(element, pathOf(key), isList ? [...elements, at] : elements, places);
    }
  }
}

/** Formatted messages, as Telegram exports them: strings, and objects that hold a string with its format. */
function runsOfText(list: readonly unknown[]): string | null {
  const isRun = (part: unknown): boolean =>
    typeof part === 'string' || (isObject(part) && typeof part['text'] === 'string' && 'type' in part);
  if (!list.some((part) => isObject(part)) || !list.some((part) => typeof part === 'string') || !list.every(isRun))
    return null;
  return list.map((part) => (typeof part === 'string' ? part : String((part as { text: unknown }).text))).join('');
}

/** Keys that number or name records, as pandas and dictionaries write them: all values are texts, or all are records. */
function isListByKeys(entries: readonly (readonly [string, unknown])[]): boolean {
  const numbered = entries.length > 1 && entries.every(([key]) => /^\d+$/.test(key));
  if (!numbered && entries.length < KEYS_OF_A_LIST) return false;
  if (entries.every(([, value]) => typeof value === 'string'))
    return numbered || entries.every(([key]) => /\d|\s/.test(key)) || entries.length > 40;
  if (entries.every(([, value]) => Array.isArray(value))) return numbered || entries.length > 20;
  const [first] = entries;
  if (!entries.every(([, value]) => isObject(value)) || first === undefined) return false;
  const shape = (value: unknown): string =>
    Object.keys(value as object)
      .sort()
      .join();
  return entries.every(([, value]) => shape(value) === shape(first[1]));
}

/** What pandas writes with `orient='split'`: the names of the columns apart from the rows. */
function tableOf(value: unknown): unknown {
  if (!isObject(value)) return null;
  const { columns, data } = value;
  if (
    !Array.isArray(columns) ||
    !Array.isArray(data) ||
    !data.every((row) => Array.isArray(row) && row.length === columns.length)
  )
    return null;
  return data.map((row: unknown[]) => Object.fromEntries(row.map((cell, column) => [String(columns[column]), cell])));
}

/**
 * Strings of one path as documents: those of one element of the outermost list that has ten or more; where none has, each
 * string by itself.
 */
function documentsOf(places: readonly Place[]): string[] {
  const depth = Math.min(...places.map(({ elements }) => elements.length));
  for (let level = 1; level < depth + 1; level++) {
    const groups = groupBy(places, ({ elements }) => elements.slice(0, level).join('.'));
    if (groups.size < FEWEST_DOCUMENTS) continue;
    return [...groups.values()].map((own) => own.map(({ value }) => value).join('\n'));
  }
  return places.map(({ value }) => value);
}
