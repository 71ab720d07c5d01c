/** What came with an opened model beside what it is read from: its card, settings and figures. An export passes them on. */
import type { Bytes } from './bundleEntry.ts';
import { type BundleSource, readFile, readIfText } from './bundleSource.ts';

export const DOCUMENT_NAMES = ['README.md', 'training_args.json', 'metrics.csv', 'evaluation.json'] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

const LARGEST_DOCUMENT_BYTES = 64 * 2 ** 20;

/** Documents by name; those that are not there or are no text are left out, since the model works without them. */
export async function readDocuments(source: BundleSource): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for (const name of DOCUMENT_NAMES) {
    const file = source.files.get(name);
    if (file === undefined || file.sizeBytes > LARGEST_DOCUMENT_BYTES) continue;
    const text = await readIfText(source, name, LARGEST_DOCUMENT_BYTES);
    if (text !== null) documents.set(name, text);
  }
  return documents;
}

/** TensorBoard's files of runs. The names are passed on, so nothing in them may lead out of a folder. */
const EVENT_FILE = /^runs\/[A-Za-z0-9_-][\w.-]{0,99}\/events\.out\.tfevents\.[\w.-]{1,99}$/;

/** TensorBoard's files by path, as far as they are no larger than documents together. */
export async function readEventFiles(source: BundleSource): Promise<Map<string, Bytes>> {
  const eventFiles = new Map<string, Bytes>();
  let left = LARGEST_DOCUMENT_BYTES;
  for (const [path, { sizeBytes }] of source.files) {
    if (!EVENT_FILE.test(path) || sizeBytes > left) continue;
    left -= sizeBytes;
    eventFiles.set(path, await readFile(source, path, sizeBytes));
  }
  return eventFiles;
}
