/**
 * Files to texts: unpacked, decoded, and taken out of the form that they come in. What is no text is refused by name. Nothing
 * is said about a clean text in UTF-8.
 */
import { isGzip, isZip } from '../core/bytes.ts';
import { counted } from '../core/counts.ts';
import { StudioError } from '../core/errors.ts';
import type { SourceText } from './documentTable.ts';
import { unifyLineEnds } from './lineEnds.ts';
import { type Characters, readCharacters } from './reading/characters.ts';
import { refuseBinaryKinds, refuseStandIns } from './reading/fileKinds.ts';
import { readFormat, recogniseFormat } from './reading/formats.ts';
import { officeFormatOf, readOffice } from './reading/officeTexts.ts';
import { gunzip, isTar, listTar, listZip, type PackedFile, tooLarge } from './reading/packedFiles.ts';
import {
  CHOOSABLE,
  joinDocuments,
  type PlainFormat,
  type Reading,
  type ReadingChoice,
  readingNotices,
  unknownChoice,
} from './reading/reading.ts';

/** Largest text that is read, all files together; callers look at the size before they read. */
export const MAX_TEXT_BYTES = 128 * 2 ** 20;

/** An archive within an archive within an archive. */
const DEEPEST = 3;
/** Files of an archive that a sentence names. */
const NAMED = 3;

interface ReadFile {
  readonly sources: readonly SourceText[];
  readonly reading: Reading;
}

/**
 * Reads files; an archive may give several texts.
 * @param choiceOf what a person chose for a file in place of what is recognised
 * @returns texts, each with lines that end in "\n" and a blank line between documents; and how each file was read
 * @throws StudioError `dataTooLarge`, `dataEmpty`, `dataBinary`, `dataNotUtf8`, `dataKind`, `dataFormat`, `dataChoice`,
 *   `dataUnreadable`
 */
export async function readTexts(
  files: readonly { readonly name: string; readonly bytes: () => Promise<Uint8Array> }[],
  choiceOf: (name: string) => ReadingChoice = () => ({}),
): Promise<{ sources: SourceText[]; readings: Reading[] }> {
  const sources: SourceText[] = [];
  const readings: Reading[] = [];
  for (const { name, bytes } of files) {
    const read = await readFile(await bytes(), name, choiceOf(name), 0);
    sources.push(...read.sources);
    readings.push(read.reading);
  }
  return { sources, readings };
}

async function readFile(bytes: Uint8Array, name: string, choice: ReadingChoice, depth: number): Promise<ReadFile> {
  if (bytes.length > MAX_TEXT_BYTES) throw tooLarge(name, bytes.length, MAX_TEXT_BYTES);
  if (bytes.length === 0) throw new StudioError('dataEmpty', `${name} has no bytes`, { name });
  if (depth <= DEEPEST) {
    if (isGzip(bytes)) return readGzip(bytes, name, choice, depth);
    if (isZip(bytes)) return readZip(bytes, name, choice, depth);
    if (isTar(bytes)) return readArchive(await listTar(bytes, name), 'a tar archive', name, choice, depth);
  }
  refuseBinaryKinds(bytes, name);
  return readPlainFile(bytes, name, choice);
}

async function readGzip(bytes: Uint8Array, name: string, choice: ReadingChoice, depth: number): Promise<ReadFile> {
  const inner = name.replace(/\.gz$/i, '').replace(/\.tgz$/i, '.tar');
  const read = await readFile(await gunzip(bytes, name, MAX_TEXT_BYTES), inner, choice, depth + 1);
  const notes = ['It is compressed with gzip and was unpacked.', ...read.reading.notes];
  const [only, ...more] = read.sources;
  const sources = only !== undefined && more.length === 0 ? [{ ...only, name }] : read.sources;
  return { sources, reading: { ...read.reading, name, notes } };
}

async function readZip(bytes: Uint8Array, name: string, choice: ReadingChoice, depth: number): Promise<ReadFile> {
  const files = await listZip(bytes, name, MAX_TEXT_BYTES);
  const format = await officeFormatOf(files, name);
  if (format === null) return readArchive(files, 'a zip archive', name, choice, depth);
  const { documents, notes } = await readOffice(files, format, name);
  const text = joinDocuments(documents);
  if (text === '') throw new StudioError('dataEmpty', `${name} has no text`, { name });
  const nothingToChoose = { encoding: null, encodings: [], formats: [], field: null, fields: [] };
  return { sources: [{ name, text }], reading: { name, format, notes, ...nothingToChoose } };
}

/** The texts of an archive: of all its kinds of file, the one that there is most of. */
async function readArchive(
  files: readonly PackedFile[],
  what: string,
  name: string,
  choice: ReadingChoice,
  depth: number,
): Promise<ReadFile> {
  const kind = commonestKind(files);
  const chosen = files.filter(
    (file) => kindOf(file.path) === kind && !/(^|\/)(readme|licen[cs]e|copying)\b[^/]*$/i.test(file.path),
  );
  const wanted = chosen.length > 0 ? chosen : files;
  const read: ReadFile[] = [];
  const leftOut = files.filter((file) => !wanted.includes(file)).map(({ path }) => path);
  let refused: StudioError | null = null;
  let sizeBytes = 0;
  for (const file of wanted) {
    sizeBytes += file.sizeBytes;
    if (sizeBytes > MAX_TEXT_BYTES) throw tooLarge(name, sizeBytes, MAX_TEXT_BYTES);
    try {
      read.push(await readFile(await file.bytes(), file.path, choice, depth + 1));
    } catch (thrown) {
      if (!(thrown instanceof StudioError)) throw thrown;
      refused ??= thrown;
      leftOut.push(file.path);
    }
  }
  const [first] = read;
  if (first === undefined) throw refused ?? new StudioError('dataEmpty', `${name} contains no files`, { name });
  const said = read.find(({ reading }) => reading.notes.length > 0) ?? first;
  const others =
    leftOut.length === 0
      ? ''
      : ` Left out: ${leftOut.slice(0, NAMED).join(', ')}${leftOut.length > NAMED ? ` and ${leftOut.length - NAMED} more` : ''}.`;
  return {
    sources: read.flatMap(({ sources }) => sources),
    reading: {
      ...said.reading,
      name,
      notes: [`It is ${what}: ${counted(read.length, 'text was', 'texts were')} read.${others}`, ...innerNotes(read)],
    },
  };
}

const kindOf = (path: string): string => /\.([A-Za-z0-9]{1,7})$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** Endings of files that are no texts whatever their size. */
const NO_TEXTS =
  /^(jpe?g|png|gif|webp|svg|ico|bmp|tiff?|mp[34]|wav|ogg|flac|avi|mov|mkv|pdf|css|js|mjs|ts|py|exe|dll|so|ttf|otf|woff2?|db|sqlite|parquet|bin|pt|safetensors)$/;

function commonestKind(files: readonly PackedFile[]): string {
  const sizes = new Map<string, number>();
  for (const { path, sizeBytes } of files) {
    const kind = kindOf(path);
    if (!NO_TEXTS.test(kind)) sizes.set(kind, (sizes.get(kind) ?? 0) + sizeBytes);
  }
  if (sizes.has('txt')) return 'txt';
  return [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

/** What is said about the texts of an archive: the first few sentences. */
function innerNotes(read: readonly ReadFile[]): string[] {
  const notices = readingNotices(read.map(({ reading }) => reading));
  return notices.length <= NAMED
    ? notices
    : [...notices.slice(0, NAMED), `And ${counted(notices.length - NAMED, 'more note')} like these.`];
}

/** Not async, so that the bytes are gone from memory while their text is read. */
function readPlainFile(bytes: Uint8Array, name: string, choice: ReadingChoice): Promise<ReadFile> {
  const isMarkup = /\.(x?html?|xml|tei|svg|opf)$/i.test(name) || bytes.subarray(0, 1024).includes(0x3c);
  return readForm(readCharacters(bytes, name, isMarkup, choice.encoding), name, choice);
}

async function readForm(characters: Characters, name: string, choice: ReadingChoice): Promise<ReadFile> {
  const { text } = characters;
  if (!/\S/u.test(text)) throw new StudioError('dataEmpty', `${name} is only white space`, { name });
  refuseStandIns(text, name);
  const recognised = recogniseFormat(text, name);
  const format = choice.format ? requireFormat(choice.format, name) : recognised;
  const read = await readFormat(text, name, format, choice.field);
  if (!/\S/u.test(read.text)) throw new StudioError('dataEmpty', `${name} has no text`, { name });
  const unified = unifyLineEnds(read.text);
  const notes = [...read.notes, ...unified.notes];
  const reading = readingOf(name, characters, format, recognised, { ...read, notes });
  return { sources: [{ name, text: unified.text }], reading };
}

function readingOf(
  name: string,
  characters: Characters,
  format: PlainFormat,
  recognised: PlainFormat,
  read: Awaited<ReturnType<typeof readFormat>>,
): Reading {
  const { encoding, encodings, notes } = characters;
  const chosen =
    format !== recognised && format === 'plain'
      ? ['It was read as plain text, as chosen: any markup was kept as text.']
      : [];
  return {
    name,
    encoding,
    encodings,
    format,
    formats:
      format === 'plain' && recognised === 'plain' ? [] : [...new Set<PlainFormat>([recognised, format, 'plain'])],
    field: read.field ?? null,
    fields: read.fields ?? [],
    notes: [...notes, ...chosen, ...read.notes],
  };
}

/** @throws StudioError `dataChoice` */
function requireFormat(value: string, file: string): PlainFormat {
  const found = CHOOSABLE.find((name) => name === value.trim().toLowerCase());
  if (found !== undefined) return found;
  throw unknownChoice(file, 'format', value, CHOOSABLE);
}
