/** A model's folder: found in what a person opens, and read by name. Nothing else is read. */
import { isZip } from '../core/bytes.ts';
import { isLitter } from '../core/paths.ts';
import { blobOf, isArchiveName, listArchive } from './archives.ts';
import { megabytes, refusal, shorten } from './refusals.ts';
import { bytesOf, plainFile, type SourceFile } from './sourceFile.ts';

export interface BundleSource {
  readonly name: string;
  /** By path within the folder that holds config.json. */
  readonly files: ReadonlyMap<string, SourceFile>;
}

/** What a person opens. */
export type BundleOrigin =
  /** Any archive: a tar and a tar.gz as well. */
  | { readonly kind: 'zip'; readonly name: string; readonly blob: Blob }
  /** Paths are within the folder, with forward slashes. */
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
    };

/** Archives within archives, at most. */
const DEEPEST = 3;

/**
 * Opens an archive or a folder. Its files are not read yet.
 * @throws StudioError `bundleArchive`, `bundleUnpack`, `bundleFileMissing`, `bundleSeveral`, and what else says why there is no
 *   model in it
 */
export async function openSource(origin: BundleOrigin): Promise<BundleSource> {
  const { name } = origin;
  if (origin.kind === 'folder') {
    const files = origin.files.map(plainFile).filter(({ path }) => !isLitter(path));
    return { name, files: await withinModelFolder(name, files, DEEPEST) };
  }
  const start = new Uint8Array(await origin.blob.slice(0, 4096).arrayBuffer());
  refuseNoFile(name, start, origin.blob.size);
  refuseOneFile(name, start);
  return { name, files: await withinModelFolder(name, await listArchive(name, origin.blob), DEEPEST) };
}

/** Files of a model, each by its name or first bytes, that people open alone. */
const ALONE: readonly (readonly [
  RegExp,
  RegExp | null,
  code: 'bundleForm' | 'bundleRuntime' | 'bundleFileMissing',
  what: string,
])[] = [
  [/\.gguf$/i, /^GGUF/, 'bundleRuntime', 'is a GGUF model, for llama.cpp'],
  [/\.onnx$/i, null, 'bundleRuntime', 'is an ONNX model, which can be run but not trained'],
  [/\.h5$/i, /^\x89HDF/, 'bundleForm', 'contains Keras or TensorFlow weights'],
  [/\.msgpack$/i, null, 'bundleForm', 'contains Flax weights'],
  [/\.safetensors$/i, /^.{7}\0\{/s, 'bundleFileMissing', 'contains only weights'],
  [/\.(bin|pt|pth|ckpt)$/i, null, 'bundleFileMissing', 'contains only weights'],
  [/\.(json|txt)$/i, null, 'bundleFileMissing', 'is one file of a model'],
];

/** Where somebody opens a file of the folder in place of the folder. */
function refuseOneFile(name: string, start: Uint8Array): void {
  const text = String.fromCharCode(...start.subarray(0, 16));
  if (isZip(start) && !/\.(bin|pt|pth|ckpt)$/i.test(name)) return;
  const found = ALONE.find(([ending, bytes]) => ending.test(name) || bytes?.test(text) === true);
  if (found !== undefined) throw refusal(found[2], name, '', found[3]);
}

type Files = Map<string, SourceFile>;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const depthOf = (folder: string): number => folder.split('/').length;
const WEIGHTS = /\.(safetensors|safetensors\.index\.json|bin|pt|pth|ckpt|h5|msgpack|onnx|gguf)$/;

/** The files beside the uppermost config.json, by their path from there. */
async function withinModelFolder(name: string, files: readonly SourceFile[], deeper: number): Promise<Files> {
  const folders = files.flatMap(({ path }) => (/(^|\/)config\.json$/.test(path) ? folderOf(path) : []));
  const least = Math.min(...folders.map(depthOf));
  let found = folders.filter((folder) => depthOf(folder) === least);
  // Libraries put settings of other parts in files of this name, too: a model has weights beside it.
  const isWhole = (folder: string) => files.some(({ path }) => folderOf(path) === folder && WEIGHTS.test(path));
  if (found.length !== 1 || !isWhole(found[0] ?? '')) {
    const whole = folders.filter(isWhole);
    if (whole.length > 0) found = whole;
  }
  const [folder, another] = found;
  if (folder === undefined) return withinInnerArchive(name, files, deeper);
  if (another !== undefined) {
    const names = found.map((path) => shorten(path.slice(0, -1) || name, 40));
    const listed = `${names.slice(0, 6).join(', ')}${names.length > 6 ? ' and more' : ''}`;
    throw refusal('bundleSeveral', name, '', `contains ${names.length} models, in ${listed}`);
  }
  const inside: Files = new Map();
  for (const file of files) if (file.path.startsWith(folder)) inside.set(file.path.slice(folder.length), file);
  return withTokenizer(inside, files);
}

const TOKENIZER = /(^|\/)(tokenizer|tokenizer_config|special_tokens_map|vocab|added_tokens)\.json$|(^|\/)merges\.txt$/;
const VOCABULARY = /(^|\/)(tokenizer|vocab)\.json$/;

/** A checkpoint of a Trainer may have its tokenizer in the folder above, or beside it: taken if there is one alone. */
function withTokenizer(inside: Files, files: readonly SourceFile[]): Files {
  if ([...inside.keys()].some((path) => VOCABULARY.test(path) && !path.includes('/'))) return inside;
  const folders = new Set(files.flatMap(({ path }) => (VOCABULARY.test(path) ? folderOf(path) : [])));
  const [folder] = folders;
  if (folder === undefined || folders.size > 1) return inside;
  const found = files.filter(({ path }) => folderOf(path) === folder && TOKENIZER.test(path));
  return new Map([...inside, ...found.map((file): [string, SourceFile] => [file.path.slice(folder.length), file])]);
}

/** Where no config.json lies: what is in the one archive there, or why there is no model. */
async function withinInnerArchive(name: string, files: readonly SourceFile[], deeper: number): Promise<Files> {
  const archives = files.filter(({ path }) => isArchiveName(path));
  const [inner] = archives;
  if (inner === undefined) throw noConfig(name, files);
  if (archives.length > 1 || deeper === 0) {
    const reason = `contains no config.json, only ${archives.length} ${archives.length === 1 ? 'archive' : 'archives'}, such as ${inner.path}`;
    throw refusal('bundleUnpack', name, '', reason);
  }
  return withinModelFolder(name, await listArchive(inner.path, await blobOf(inner)), deeper - 1);
}

/** Models of other programs, and parts of models, by a file that gives them away. */
const WITHOUT_CONFIG: readonly (readonly [RegExp, code: 'bundleAdapter' | 'bundleRuntime', what: string])[] = [
  [/(^|\/)adapter_config\.json$/, 'bundleAdapter', 'is an adapter (LoRA or another PEFT method), not a whole model'],
  [/\.gguf$/, 'bundleRuntime', 'is a GGUF model, for llama.cpp'],
  [/\.onnx$/, 'bundleRuntime', 'is an ONNX model without its config.json'],
];

function noConfig(name: string, files: readonly SourceFile[]): Error {
  for (const [pattern, code, what] of WITHOUT_CONFIG) {
    const file = files.find(({ path }) => pattern.test(path));
    if (file !== undefined) return refusal(code, file.path, '', what);
  }
  return missing(new Map(files.map((file) => [file.path, file])), name, 'config.json');
}

/** Says that a file is missing, and which one may be it under another name. */
export function missing(files: ReadonlyMap<string, SourceFile>, name: string, wanted: string): Error {
  const [stem = '', ending = ''] = [wanted.slice(0, wanted.lastIndexOf('.')), wanted.slice(wanted.lastIndexOf('.'))];
  const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const renamed = (path: string): boolean => {
    const plain = base(path).replace(/ ?\(\d+\)/, '');
    return plain === wanted || plain === `${wanted}.txt` || plain.toLowerCase() === stem.toLowerCase() + ending;
  };
  const halfDone = (path: string): boolean =>
    base(path).includes(wanted) && /\.(crdownload|part|partial|incomplete|download|tmp|icloud)$/.test(path);
  const paths = [...files.keys()];
  const unfinished = paths.find(halfDone);
  if (unfinished !== undefined) {
    return refusal('bundleFileMissing', name, wanted, `is missing; ${unfinished} is an unfinished download`);
  }
  const other = paths.find(renamed);
  const hint = other === undefined ? '' : `; ${other} may be the file: rename it to ${wanted}`;
  return refusal('bundleFileMissing', name, wanted, `is missing${hint}`);
}

/**
 * A whole file in memory.
 * @param largestBytes what this file may have at most
 * @throws StudioError `bundleFileMissing`, `bundleTooLarge` before memory is taken; `bundleArchive`; `bundleNotTheFile`
 */
export async function readFile(
  source: BundleSource,
  path: string,
  largestBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = source.files.get(path);
  if (file === undefined) throw missing(source.files, source.name, path);
  if (file.sizeBytes > largestBytes) {
    const reason = `is ${megabytes(file.sizeBytes)}; the limit is ${megabytes(largestBytes)}`;
    throw refusal('bundleTooLarge', source.name, path, reason);
  }
  return bytesOf(file);
}

/**
 * A file that the model is read from.
 * @throws StudioError as {@link readFile}, and `bundleNotTheFile` where something else was saved under its name
 */
export async function readModelFile(
  source: BundleSource,
  path: string,
  largestBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(source, path, largestBytes);
  refuseNoFile(path, bytes, bytes.length);
  return bytes;
}

/**
 * A file of text that the model is read from, without a byte-order mark, with line ends as Unix has them.
 * @throws StudioError as {@link readModelFile}, and `bundleArchive` if it is neither UTF-8 nor marked as UTF-16
 */
export async function readTextFile(source: BundleSource, path: string, largestBytes: number): Promise<string> {
  const bytes = await readModelFile(source, path, largestBytes);
  try {
    return decodeText(bytes).replace(/\r\n?/g, '\n');
  } catch (thrown) {
    throw refusal('bundleArchive', path, '', 'is not UTF-8 text', thrown);
  }
}

/**
 * Text by its byte-order mark, which is left out, or by the zero that UTF-16 has in each ASCII character; else UTF-8.
 * @throws TypeError if it is none
 */
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const encoding = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

/** A file of text that the model is not read from; null where it is no text. @throws StudioError as {@link readFile} */
export async function readIfText(source: BundleSource, path: string, largestBytes: number): Promise<string | null> {
  const bytes = await readFile(source, path, largestBytes);
  try {
    return decodeText(bytes);
  } catch {
    return null;
  }
}

/** Bytes that are enough to tell. */
const LOOKED_AT = 2048;

/** What lies under a file's name without being that file, by how it begins. */
const STAND_INS: readonly (readonly [RegExp, what: string])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    'is a Git LFS pointer, not the file: the clone left large files out',
  ],
  [/^# xet version /, 'is a Xet pointer, not the file: the clone left large files out'],
  [/^<(!doctype html|html|head|body|script)\b/i, 'is a web page (HTML), saved under this name in place of the file'],
  [/^<\?xml\b|^<Error>/, 'is an XML response from a server, saved under this name in place of the file'],
];

/** What servers answer in place of a file, in plain words or as the one entry of a JSON. */
const ANSWER =
  /^(?:(Entry not found|Invalid username or password\.?|Repository not found|Not Found|Access denied|Unauthorized|404: Not Found)|\{[^{}]*"(?:error|message|detail)":\s*"([^"]*)"[^{}]*\})\s*$/is;

/**
 * Refuses what is not the file that its name says.
 * @param bytes its first ones, or all
 * @throws StudioError `bundleNotTheFile`
 */
function refuseNoFile(name: string, bytes: Uint8Array, sizeBytes: number): void {
  if (sizeBytes === 0) throw refusal('bundleNotTheFile', name, '', 'is empty: it has 0 bytes');
  if (sizeBytes > LOOKED_AT && bytes.every((byte) => byte === 0)) {
    throw refusal('bundleNotTheFile', name, '', 'contains only zeros, as an interrupted download does');
  }
  const start = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT)).trimStart();
  const found = STAND_INS.find(([pattern]) => pattern.test(start));
  if (found !== undefined) throw refusal('bundleNotTheFile', name, '', found[1]);
  const answer = sizeBytes <= LOOKED_AT ? ANSWER.exec(start) : null;
  if (answer !== null) {
    const said = shorten(answer[1] ?? answer[2] ?? '');
    throw refusal('bundleNotTheFile', name, '', `is a server’s error message (“${said}”), saved in place of the file`);
  }
}
