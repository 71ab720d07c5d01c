/** What lies beside the model in a bundle: texts that an export passes on as they came, and the settings of the run. */
import * as v from 'valibot';
import { CONFIG_PARTS, type ModelConfig, type RunConfig } from '../../core/config.ts';
import { storedConfigSchema } from '../../core/validation.ts';
import type { Bytes } from '../export/bundleEntry.ts';
import { type BundleSource, readFile, readTextFile } from './source.ts';

const TRAINING_ARGS_NAME = 'training_args.json';

/** Passed on by an export of a model that was not trained further. */
const DOCUMENTS = ['README.md', TRAINING_ARGS_NAME, 'metrics.csv', 'evaluation.json'] as const;
const LARGEST_DOCUMENT_BYTES = 64 * 2 ** 20;

/** Documents by name; those that are not there or are no text are left out, since the model works without them. */
export async function readDocuments(source: BundleSource): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for (const name of DOCUMENTS) {
    const file = source.files.get(name);
    if (file === undefined || file.sizeBytes > LARGEST_DOCUMENT_BYTES) continue;
    documents.set(name, await readTextFile(source, name, LARGEST_DOCUMENT_BYTES));
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

const argsSchema = v.looseObject({ reached: v.object({ steps: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }) });

/**
 * The settings of the run, from Folio's training_args.json. Files of that name are common elsewhere: one that is not Folio's
 * is as good as none.
 * @param model the model of config.json, which has to be the one that the run trained
 */
export function readRunConfig(
  documents: ReadonlyMap<string, string>,
  model: ModelConfig,
): { config: RunConfig; step: number } | null {
  try {
    const args = v.parse(argsSchema, JSON.parse(documents.get(TRAINING_ARGS_NAME) ?? 'null'));
    const parts = Object.fromEntries(CONFIG_PARTS.map((part) => [part, camelCase(args[part])]));
    const config = v.parse(storedConfigSchema, parts);
    if (config.model.hiddenSize !== model.hiddenSize) return null;
    const { initialization } = config.model;
    return { config: { ...config, model: { ...model, initialization } }, step: args.reached.steps };
  } catch {
    return null;
  }
}

/** Rewrites the keys of an object: `seq_length` → `seqLength`. What is none stays. */
function camelCase(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return fields;
  const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [camel(key), value]));
}
