/**
 * Saves a run as it goes: every so many seconds, when it pauses and when it ends. The state is copied on the device between
 * two steps and comes back, is hashed and written while the next ones are taken. What can't be saved is said, and the run
 * goes on.
 */
import { version } from '../../../package.json';
import type { Trainer, TrainerState } from '../../compute/training/trainer.ts';
import { type PlainError, StudioError } from '../../core/errors.ts';
import { runOf } from '../../core/run.ts';
import { writeCheckpoint } from '../../files/storage/checkpoints.ts';
import type { FileStore } from '../../files/storage/fileStore.ts';
import { type Manifest, type SavedPhase, SCHEMA_VERSION } from '../../files/storage/manifest.ts';
import { copyWeights } from '../../model/initialize.ts';
import { mergesTxt, vocabJson } from '../../text/tokenizer/files.ts';
import type { Emit } from '../events.ts';
import type { LiveModel } from './liveModel.ts';

/** Room that a checkpoint needs beside weights and moments: figures, manifest, what file systems add. */
const MARGIN_BYTES = 2 ** 20;

export interface KeptRun {
  readonly id: string;
  readonly title: string;
  readonly createdMs: number;
  /** The checkpoint that the run goes on from; null for a new run. */
  readonly from: Manifest | null;
  /** The next checkpoint's. */
  readonly number: number;
}

export interface KeeperOptions {
  readonly store: FileStore;
  readonly run: KeptRun;
  readonly everySeconds: number;
  readonly emit: Emit;
  /** Bytes that may still be written. */
  readonly freeBytes: () => Promise<number>;
}

export class RunKeeper {
  readonly #options: KeeperOptions;
  #last: Manifest | null;
  #number: number;
  #startedMs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> | null = null;
  #problem: PlainError | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#last = options.run.from;
    this.#number = options.run.number;
    if (options.run.from !== null) this.#startedMs = performance.now();
  }

  /** The last step that was saved; null: nothing yet. */
  get savedStep(): number | null {
    return this.#last?.step ?? null;
  }

  /** Whether it is time to save, and nothing is being saved. */
  get isDue(): boolean {
    const { everySeconds } = this.#options;
    if (this.#saving !== null || everySeconds === 0) return false;
    return performance.now() - this.#startedMs >= 1000 * everySeconds;
  }

  /**
   * Saves a run as it is now. The state is copied before this returns; the promise resolves when it is written, or given up
   * with a notice. Never rejects.
   */
  save(live: LiveModel, trainer: Pick<Trainer, 'readState'>, phase: SavedPhase): Promise<void> {
    this.#startedMs = performance.now();
    const reading = trainer.readState();
    // It is waited for below, after what was being saved.
    reading.catch(() => undefined);
    const then = copyOf(live, phase);
    const before = this.#saving;
    const saving = (async () => {
      await before;
      try {
        await this.#write(then, await reading);
        this.#problem = null;
      } catch (thrown) {
        this.#problem = problemOf(thrown);
      }
      this.#tell();
    })();
    this.#saving = saving;
    void saving.then(() => {
      if (this.#saving === saving) this.#saving = null;
    });
    return saving;
  }

  /** Resolves when nothing is being saved any more. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  async #write(then: ReturnType<typeof copyOf>, state: TrainerState): Promise<void> {
    const { tokens, device, layout, points, heldOut, average, best, last, startedMs: _, ...facts } = then;
    const { text, tokenizer } = tokens;
    const { store, run } = this.#options;
    const { sources } = text.corpus;
    const sizeBytes = [...state.weights.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    const textBytes = this.#last === null ? sources.reduce((sum, source) => sum + source.text.length, 0) : 0;
    const copies = 3 + [average, best?.weights, last].filter((values) => values != null).length;
    const neededBytes = copies * sizeBytes + textBytes + MARGIN_BYTES;
    const freeBytes = await this.#options.freeBytes();
    if (freeBytes < neededBytes) throw new StudioError('storageFull', 'no room', { neededBytes, freeBytes });
    this.#last = await writeCheckpoint(
      store,
      run.id,
      {
        ...facts,
        schema: SCHEMA_VERSION,
        folio: version,
        number: this.#number++,
        healthy: state.healthy,
        title: run.title,
        createdMs: run.createdMs,
        heldOutLoss: finiteOrNull(heldOut.at(-1)?.loss),
        answers: [...then.answers],
        choice: device.choice,
        plan: device.plan,
        text: {
          ...{ isSonnets: text.isSonnets, corpus: text.corpus.version },
          ...{ notices: [...text.notices], readAs: [...text.readAs], repairs: [...text.check.repairs] },
        },
      },
      {
        ...{ sources, vocab: vocabJson(tokenizer.trained), merges: mergesTxt(tokenizer.trained) },
        ...{ ...state, points, heldOut, average, best, last, layout },
      },
      this.#last,
    );
  }

  #tell(): void {
    const { run, store } = this.#options;
    this.#options.emit('run.kept', {
      id: run.id,
      step: this.#last?.step ?? null,
      savedMs: this.#last?.savedMs ?? null,
      lasting: store.kind !== 'memory',
      problem: this.#problem,
    });
  }
}

/** A run as it is now, apart from what later steps change. */
function copyOf(live: LiveModel, phase: SavedPhase) {
  const { tokens, layout, best } = live;
  return {
    ...runOf(live),
    ...{ tokens, layout, best, phase },
    points: live.points.slice(),
    heldOut: live.heldOut.slice(),
    average: live.average && copyWeights(live.average.weights),
    last: live.optimizer?.weights ?? null,
    savedMs: Date.now(),
  };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function problemOf(thrown: unknown): PlainError {
  const error = StudioError.from(thrown);
  if (error.code !== 'internal') return error.toPlain();
  return new StudioError('storageFailed', error.message, { reason: error.message }).toPlain();
}
