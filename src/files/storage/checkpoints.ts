/**
 * Checkpoints of a run: written whole before the one before is let go, read with every byte checked. Two are kept, so that
 * a damaged one costs no more than the time since the other.
 */

import * as v from 'valibot';
import { concatenate } from '../../core/bytes.ts';
import type { HeldOutPoint, TrainPoint } from '../../core/metrics.ts';
import type { Weights } from '../../model/initialize.ts';
import type { FileLayout } from '../fileLayout.ts';
import { TOKENIZER_FILES } from '../readTokenizer.ts';
import type { FileStore } from './fileStore.ts';
import {
  decodeManifest,
  encodeManifest,
  figuresJson,
  filesOf,
  type Manifest,
  type ManifestProblem,
  manifestName,
  numberOfManifest,
  pointsSchema,
  type StoredFile,
  sha256,
} from './manifest.ts';

/** Steps whose figures lie in one file. */
export const POINTS_PER_FILE = 4096;
/** What the person calls a run, in a file of its own: it changes without a checkpoint. */
export const NAME_FILE = 'name.json';

/** Everything of a checkpoint but the files. */
export type CheckpointFacts = Omit<Manifest, keyof CheckpointContents | 'text' | 'tokenizer'> & {
  readonly text: Omit<Manifest['text'], 'sources'>;
};

export interface CheckpointContents {
  readonly sources: readonly { readonly name: string; readonly text: string }[];
  readonly vocab: string;
  readonly merges: string;
  readonly layout: FileLayout | null;
  readonly weights: Weights;
  readonly firstMoments: Weights;
  readonly secondMoments: Weights;
  readonly last: Weights | null;
  readonly average: Weights | null;
  readonly best: { readonly step: number; readonly loss: number; readonly weights: Weights | null } | null;
  readonly points: readonly TrainPoint[];
  readonly heldOut: readonly HeldOutPoint[];
}

const encode = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Parameters one after the other, in their order. */
function joinParameters(values: Weights): Uint8Array<ArrayBuffer> {
  return concatenate([...values.values()].map(bytesOf));
}

/**
 * Writes a checkpoint; the one before it stays beside it, older ones go once it is complete.
 * @param before the manifest of the checkpoint before it in this run: files that did not change are not written again
 * @throws StudioError `storageFull`
 */
export async function writeCheckpoint(
  store: FileStore,
  run: string,
  facts: CheckpointFacts,
  contents: CheckpointContents,
  before: Manifest | null,
): Promise<Manifest> {
  const { number } = facts;
  const write = async (stem: string, ending: string, bytes: Uint8Array<ArrayBuffer>): Promise<StoredFile> => {
    const name = `${stem}-${number}.${ending}`;
    const file = { name, bytes: bytes.byteLength, sha256: await sha256(bytes) };
    await store.write(run, name, bytes);
    return file;
  };
  const sources = before ? before.text.sources : [];
  if (before === null) {
    for (const [index, { name, text }] of contents.sources.entries()) {
      sources.push({ name, file: await write(`text-${index}`, 'txt', encode(text)) });
    }
  }
  const weights = await write('weights', 'f32', joinParameters(contents.weights));
  const manifest: Manifest = {
    ...facts,
    text: { ...facts.text, sources },
    tokenizer: before?.tokenizer ?? {
      vocab: await write('vocab', 'json', encode(contents.vocab)),
      merges: await write('merges', 'txt', encode(contents.merges)),
    },
    layout: before === null ? await writeLayout(contents.layout, write) : before.layout,
    weights,
    firstMoments: await write('first', 'f32', joinParameters(contents.firstMoments)),
    secondMoments: await write('second', 'f32', joinParameters(contents.secondMoments)),
    last: contents.last && (await write('last', 'f32', joinParameters(contents.last))),
    average: contents.average && (await write('average', 'f32', joinParameters(contents.average))),
    best: await writeBest(contents.best, before, facts.weightsStep === contents.best?.step ? weights : null, write),
    points: await writePoints(contents.points, before, write),
    heldOut: await write('heldout', 'json', encode(figuresJson(contents.heldOut))),
  };
  await store.write(run, manifestName(number), await encodeManifest(manifest));
  await prune(store, run, before === null ? [manifest] : [manifest, before]);
  return manifest;
}

type Write = (stem: string, ending: string, bytes: Uint8Array<ArrayBuffer>) => Promise<StoredFile>;

async function writeLayout(layout: FileLayout | null, write: Write): Promise<Manifest['layout']> {
  if (layout === null) return null;
  const { origin, unusedPositions, unusedTypes } = layout;
  const files: NonNullable<Manifest['layout']>['files'] = [];
  for (const [index, name] of TOKENIZER_FILES.entries()) {
    const text = origin.files.get(name);
    if (text === undefined) continue;
    files.push({ name, file: await write(`layout-${index}`, 'json', encode(text)) });
  }
  return {
    name: origin.name,
    vocabSize: origin.fileIds.length,
    files,
    unusedPositions: await write('unused-positions', 'f32', concatenate([bytesOf(unusedPositions)])),
    unusedTypes: await write('unused-types', 'f32', concatenate([bytesOf(unusedTypes)])),
  };
}

/** The best weights so far stay the same for many checkpoints. @param own the checkpoint's weights, if they are of that step */
async function writeBest(
  best: CheckpointContents['best'],
  before: Manifest | null,
  own: StoredFile | null,
  write: Write,
): Promise<Manifest['best']> {
  if (best === null) return null;
  const { step, loss, weights } = best;
  if (weights === null) return { step, loss, weights };
  const bytes = joinParameters(weights);
  if (own !== null && own.sha256 === (await sha256(bytes))) return { step, loss, weights: own };
  const known = before?.best?.step === step ? before.best.weights : null;
  return { step, loss, weights: known ?? (await write('best', 'f32', bytes)) };
}

/** Full files of the checkpoint before are taken over; the rest of the points is written anew. */
async function writePoints(
  points: readonly TrainPoint[],
  before: Manifest | null,
  write: Write,
): Promise<StoredFile[]> {
  const full = Math.floor(points.length / POINTS_PER_FILE);
  // The last file of the checkpoint before may not have been full.
  const files = (before?.points ?? []).slice(0, -1).slice(0, full);
  for (let index = files.length; index * POINTS_PER_FILE < points.length; index++) {
    const part = points.slice(index * POINTS_PER_FILE, (index + 1) * POINTS_PER_FILE);
    files.push(await write(`points-${index}`, 'json', encode(figuresJson(part))));
  }
  return files;
}

/** Removes every file that these checkpoints do not name. */
async function prune(store: FileStore, run: string, checkpoints: readonly Manifest[]): Promise<void> {
  const kept = new Set([NAME_FILE]);
  for (const manifest of checkpoints) {
    kept.add(manifestName(manifest.number));
    for (const { name } of filesOf(manifest)) kept.add(name);
  }
  for (const name of await store.files(run)) if (!kept.has(name)) await store.remove(run, name);
}

/** Removes the checkpoints after the one that a run goes on from: they could not be used. */
export async function dropLaterCheckpoints(store: FileStore, id: string, from: Manifest): Promise<void> {
  for (const number of manifestNumbers(await store.files(id))) {
    if (number > from.number) await store.remove(id, manifestName(number));
  }
}

/** Newest first. */
export function manifestNumbers(names: readonly string[]): number[] {
  return names.flatMap((name) => numberOfManifest(name) ?? []).sort((a, b) => b - a);
}

export async function readManifest(store: FileStore, run: string, number: number): Promise<Manifest | ManifestProblem> {
  const bytes = await store.read(run, manifestName(number));
  return bytes === null ? 'damaged' : decodeManifest(bytes);
}

/** A checkpoint with every byte checked, and what was wrong with those that came after it. */
export interface FoundCheckpoint {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly skipped: readonly ManifestProblem[];
}

/** The newest checkpoint of a run that can be used; else why none can. */
export async function findCheckpoint(store: FileStore, run: string): Promise<FoundCheckpoint | ManifestProblem> {
  const skipped: ManifestProblem[] = [];
  for (const number of manifestNumbers(await store.files(run))) {
    const manifest = await readManifest(store, run, number);
    const files = typeof manifest === 'string' ? null : await readFiles(store, run, manifest);
    if (typeof manifest !== 'string' && files !== null) return { manifest, files, skipped };
    skipped.push(typeof manifest === 'string' ? manifest : 'damaged');
  }
  return skipped[0] ?? 'damaged';
}

/** @returns null if a file is missing or its bytes are not those that were written */
async function readFiles(
  store: FileStore,
  run: string,
  manifest: Manifest,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>> | null> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of filesOf(manifest)) {
    const bytes = await store.read(run, file.name);
    if (bytes?.byteLength !== file.bytes || (await sha256(bytes)) !== file.sha256) return null;
    files.set(file.name, bytes);
  }
  return files;
}

/** Reads the figures of a checkpoint. @throws v.ValiError if they are not what Folio writes */
export function readFigures({ manifest, files }: FoundCheckpoint): Pick<CheckpointContents, 'points' | 'heldOut'> {
  const parse = ({ name }: StoredFile): unknown => JSON.parse(new TextDecoder().decode(files.get(name)));
  return {
    points: manifest.points.flatMap((file) => v.parse(pointsSchema('train'), parse(file))),
    heldOut: v.parse(pointsSchema('heldOut'), parse(manifest.heldOut)),
  };
}
