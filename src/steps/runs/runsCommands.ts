/** Commands over the runs that lie on this device. */
import * as v from 'valibot';
import { Roberta } from '../../compute/model/robertaModel.ts';
import { withAnswers } from '../../core/answers.ts';
import { type PlainError, StudioError } from '../../core/errors.ts';
import { runOf } from '../../core/run.ts';
import {
  type FoundCheckpoint,
  findCheckpoint,
  manifestNumbers,
  NAME_FILE,
  readManifest,
} from '../../files/storage/checkpoints.ts';
import { type FileStore, freeBytes, openStore } from '../../files/storage/fileStore.ts';
import { filesOf, type Manifest, type ManifestProblem } from '../../files/storage/manifest.ts';
import type { RunState } from '../../studio/events.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { LiveModel } from '../../studio/worker/liveModel.ts';
import { planNotice, restoreRun } from '../../studio/worker/openRun.ts';
import { lookOn, runsInUse, withRunLock } from '../../studio/worker/runBroadcast.ts';
import { asJob, type SessionState } from '../../studio/worker/session.ts';
import { referenceLinesOf } from '../../studio/worker/tokenizeText.ts';
import { chooseVerses, fillVerses } from '../../studio/worker/verses.ts';
import { summarizeText } from '../data/dataCommands.ts';
import { activateFor, summarizeModel } from '../model/modelCommands.ts';
import { summarizeTokens } from '../tokenizer/tokenizerCommands.ts';
import { summarizeRun } from '../train/trainCommands.ts';

const LONGEST_NAME = 200;
const idSchema = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/));
const nameSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LONGEST_NAME));

export type StoredRuns = Awaited<ReturnType<typeof listRuns>>;

/** A run that lies on this device; 0 and nothing where it can't be read. `heldOutLoss` is of the last measurement. */
export interface StoredRun extends Readonly<Pick<Manifest, 'savedMs' | 'step' | 'phase' | 'heldOutLoss'>> {
  readonly id: string;
  readonly name: string;
  readonly steps: number;
  readonly sizeBytes: number;
  readonly sourceNames: readonly string[];
  /** Whether another tab trains it now. */
  readonly inUse: boolean;
  /** Why it can't be opened; null: it can. */
  readonly problem: PlainError | null;
}

export const runsCommands = {
  'runs.list': async () => listRuns(),

  'runs.rename': async (_state, { id, name }: { id: string; name: string }) => {
    const parsed = v.safeParse(nameSchema, name);
    if (!parsed.success) throw new StudioError('runName', 'no name');
    const store = await openStore();
    await filesOfRun(store, id);
    await store.write(id, NAME_FILE, new TextEncoder().encode(JSON.stringify(parsed.output)));
    return listRuns();
  },

  /** @throws StudioError `runInUse` while another tab trains it, or this one does */
  'runs.delete': async (_state, { id }: { id: string }) => {
    const store = await openStore();
    await filesOfRun(store, id);
    await withRunLock(id, '', () => store.removeRun(id));
    return listRuns();
  },

  /** Puts a stored run in the place of everything that is loaded. Whatever goes wrong, what was loaded stays. */
  'runs.open': async (state, { id }: { id: string }) => {
    await state.probing?.catch(() => null);
    return asJob(state, 'opening a run', async () => {
      const store = await openStore();
      const names = await filesOfRun(store, id);
      const found = await findCheckpoint(store, id);
      const name = await nameOf(store, id, typeof found === 'string' ? '' : found.manifest.title);
      if (typeof found === 'string') throw problemError(found, name);
      const { manifest } = found;
      const { text, tokens, trainer, average, best, last, layout, points, heldOut } = await restoreRun(found);
      const notices = [...skippedNotices(found)];
      const device = await activateFor(state, manifest);
      const different = planNotice(manifest.plan, device.plan);
      if (different !== null) notices.push(different);
      const roberta = new Roberta(manifest.config.model, tokens.tokenizer.vocabSize, trainer.weights);
      const ended = isEnded(manifest);
      const optimizer = ended ? { ...trainer, weights: last } : null;
      const run = runOf({ ...manifest, device, startedMs: manifest.createdMs, points, heldOut });
      const figures = { points: [...points], heldOut: [...heldOut] };
      const live: LiveModel = { ...run, ...figures, roberta, tokens, optimizer, average, best, layout, cameWith: null };
      state.stopLookingOn?.();
      Object.assign(state, { text, tokens, model: live, run: null });
      const number = 1 + Math.max(...manifestNumbers(names));
      const kept = { id, title: manifest.title, createdMs: manifest.createdMs, from: manifest, number };
      state.opened = ended ? null : { run: kept, trainer };
      const inUse = (await runsInUse()).has(id);
      state.stopLookingOn = inUse ? lookOn(id, live, state.emit) : null;
      return describeOpened(live, manifest, { id, name, inUse, notices });
    });
  },
} satisfies Commands<SessionState>;

/** Runs on this device, newest first. */
async function listRuns() {
  const store = await openStore();
  const inUse = await runsInUse();
  const runs: StoredRun[] = [];
  for (const id of await store.runs()) {
    const run = await describeStored(store, id, inUse.has(id));
    if (run !== null) runs.push(run);
    else if (!inUse.has(id)) await store.removeRun(id);
  }
  const free = await freeBytes();
  return {
    runs: runs.sort((a, b) => b.savedMs - a.savedMs),
    /** Whether they outlive the page. */
    lasting: store.kind !== 'memory',
    /** Bytes that may still be written; null: the browser does not say. */
    freeBytes: Number.isFinite(free) ? free : null,
  };
}

/** @throws StudioError `runMissing` if there is no such run */
async function filesOfRun(store: FileStore, id: string): Promise<string[]> {
  const names = v.is(idSchema, id) ? await store.files(id) : [];
  if (names.length === 0) throw new StudioError('runMissing', id);
  return names;
}

function isEnded({ phase }: Manifest): boolean {
  return phase === 'finished' || phase === 'stopped' || phase === 'failed';
}

/** Everything of a run that the page shows, as if the run had been made in this visit. */
async function describeOpened(
  live: LiveModel,
  manifest: Manifest,
  more: { id: string; name: string; inUse: boolean; notices: readonly string[] },
) {
  const { config, tokens, points, step, elapsedMs } = live;
  const ended = isEnded(manifest);
  const state: RunState = {
    phase: ended ? (manifest.phase as RunState['phase']) : 'interrupted',
    step,
    steps: config.training.steps,
    epoch: 0,
    elapsedMs,
    dataWaitShare: 0,
    error: null,
  };
  // A run that is resumed here tells them itself; one that another tab trains told them before.
  const reference = ended || more.inUse ? await referenceLinesOf(tokens) : null;
  const verses = await fillVerses(live, chooseVerses(tokens, config.pipeline.seqLength));
  return {
    ...more,
    ...runOf(live),
    corpus: summarizeText(tokens.text),
    tokenizer: summarizeTokens(tokens, 0),
    model: summarizeModel(live),
    answers: withAnswers(live.answers, { step, verses }),
    reference,
    state,
    /** Figures of a run that has ended; null: it can go on. */
    summary: ended ? summarizeRun(live, { tokensPerSecond: meanSpeed(points), dataWaitShare: null }, reference) : null,
  };
}

/** Tokens a second over the run, as its points tell. */
function meanSpeed(points: LiveModel['points']): number {
  return points.length === 0 ? 0 : points.length / points.reduce((sum, point) => sum + 1 / point.tokensPerSecond, 0);
}

function skippedNotices({ manifest, skipped }: FoundCheckpoint): string[] {
  return skipped.map((problem) =>
    problem === 'version'
      ? `The latest checkpoint was saved by another version of Folio; the one from step ${manifest.step} is used.`
      : `The latest checkpoint was damaged; the one before it, from step ${manifest.step}, is used.`,
  );
}

/** @returns null where there is no checkpoint yet, as after a crash in the first seconds */
async function describeStored(store: FileStore, id: string, inUse: boolean): Promise<StoredRun | null> {
  const names = await store.files(id);
  const [newest, ...older] = manifestNumbers(names);
  if (newest === undefined) return null;
  const found: (Manifest | ManifestProblem)[] = [];
  for (const number of [newest, ...older]) found.push(await readManifest(store, id, number));
  const whole = found.filter((manifest) => typeof manifest !== 'string');
  const [manifest] = whole;
  // Another tab has saved meanwhile, and what was listed is gone.
  if (manifest === undefined && inUse && manifestNumbers(await store.files(id))[0] !== newest)
    return describeStored(store, id, inUse);
  if (manifest === undefined)
    return unreadable(store, id, found.find((entry) => typeof entry === 'string') ?? 'damaged');
  const { title, savedMs, step, phase, heldOutLoss, config, text } = manifest;
  return {
    ...{ id, name: await nameOf(store, id, title), savedMs, step, phase, heldOutLoss, inUse },
    steps: config.training.steps,
    sizeBytes: sizeOf(whole),
    sourceNames: text.sources.map((source) => source.name),
    problem: null,
  };
}

/** Bytes of all files of a run's checkpoints, those that they share once. */
function sizeOf(manifests: readonly Manifest[]): number {
  const files = new Map(manifests.flatMap(filesOf).map(({ name, bytes }) => [name, bytes]));
  return [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
}

async function unreadable(store: FileStore, id: string, problem: ManifestProblem): Promise<StoredRun> {
  const name = await nameOf(store, id, 'A run');
  const nothing = { savedMs: 0, step: 0, steps: 0, sizeBytes: 0, sourceNames: [], heldOutLoss: null, inUse: false };
  return { id, name, phase: 'failed', ...nothing, problem: problemError(problem, name).toPlain() };
}

function problemError(problem: ManifestProblem, name: string): StudioError {
  return new StudioError(problem === 'version' ? 'checkpointVersion' : 'checkpointDamaged', problem, { name });
}

/** What the person calls a run; where that can't be read, what it was called at first. */
async function nameOf(store: FileStore, id: string, title: string): Promise<string> {
  const bytes = await store.read(id, NAME_FILE);
  if (bytes === null) return title;
  try {
    return v.parse(nameSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return title;
  }
}
