/**
 * The training loop. Between two steps it lets waiting commands in, so that a run can be paused, stopped or asked while it
 * goes on. Nothing is read from the device per step: scalars come every `logEvery` steps.
 */
import { explainDeviceFailure } from '../../compute/deviceFailure.ts';
import { createTrainer, type Trainer, type TrainerState } from '../../compute/training/trainer.ts';
import { withAnswers } from '../../core/answers.ts';
import { StudioError } from '../../core/errors.ts';
import type { HeldOutPoint } from '../../core/metrics.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import type { SavedPhase } from '../../files/storage/manifest.ts';
import type { BatchSource } from '../../text/batches/batches.ts';
import type { Emit, RunPhase, RunState } from '../events.ts';
import { type BatchesAhead, batchesAhead, batchSourceOf } from './batchesAhead.ts';
import { addToAverage, beginAverage, isStuck, lookAtTheEnd, lookWhileTraining } from './keptWeights.ts';
import type { LiveModel } from './liveModel.ts';
import { RunClock } from './runClock.ts';
import type { RunKeeper } from './runKeeper.ts';
import { chooseVerses, fillVerses, type VerseQuestion } from './verses.ts';
import { Watchdog } from './watchdog.ts';

/** Two `train.metrics` events are at least this far apart. */
const FLUSH_EVERY_MS = 100;
/** Verses are filled in anew this often between held-out passes. */
const VERSES_EVERY_MS = 3000;

/** What a run may need beside its model. */
export interface RunOptions {
  /** Where to go on: the model's record holds the step and the figures up to there; null: from the beginning. */
  readonly from?: TrainerState | null;
  /** Saves the run as it goes; null: it is not kept. */
  readonly keeper?: RunKeeper | null;
}

export class TrainingRun {
  readonly #live: LiveModel;
  readonly #emit: Emit;
  readonly #source: BatchSource;
  readonly #trainer: Trainer;
  readonly #batches: BatchesAhead;
  readonly #verses: readonly VerseQuestion[];
  readonly #keeper: RunKeeper | null;
  readonly #clock: RunClock;
  readonly #watchdog = new Watchdog();
  #phase: RunPhase = 'preparing';
  #error: StudioError | null = null;
  #wake: (() => void) | null = null;
  /** Time spent in steps since the last read, and tokens that they read. */
  #stepMs = 0;
  #stepTokens = 0;
  #totalStepMs = 0;
  #totalTokens = 0;
  /** How many of the figures the page has, and which answers. */
  #sent: { readonly points: number; readonly heldOut: number; readonly answers: LiveModel['answers'] };
  #flushedMs = 0;
  #versesMs = 0;

  constructor(live: LiveModel, emit: Emit, { from = null, keeper = null }: RunOptions = {}) {
    const { config, tokens } = live;
    const { pipeline, training } = config;
    this.#live = live;
    this.#sent = { points: live.points.length, heldOut: live.heldOut.length, answers: live.answers };
    this.#emit = emit;
    this.#source = batchSourceOf(tokens, config);
    this.#trainer = createTrainer(live.roberta, training, { seed: training.seed });
    if (from !== null) this.#trainer.loadState(from);
    this.#batches = batchesAhead(this.#source, training.gradientAccumulation, this.#trainer.executor.worksMeanwhile);
    this.#keeper = keeper;
    this.#clock = new RunClock(live.elapsedMs);
    this.#verses = chooseVerses(tokens, pipeline.seqLength);
  }

  /** Bytes of the trainer's own buffers. */
  get trainerBytes(): number {
    return this.#trainer.executor.bytes;
  }

  get state(): RunState {
    const { step } = this.#live;
    const { training } = this.#live.config;
    return {
      phase: this.#phase,
      step,
      steps: training.steps,
      epoch: this.#source.epochOf(step * training.gradientAccumulation),
      elapsedMs: this.#clock.elapsedMs,
      dataWaitShare: this.dataWaitShare,
      error: this.#error?.toPlain() ?? null,
    };
  }

  /** Tokens a second over all steps so far, held-out passes and pauses left out. */
  get tokensPerSecond(): number {
    return this.#totalStepMs > 0 ? (1000 * this.#totalTokens) / this.#totalStepMs : 0;
  }

  /** Share of the steps' time in which nothing could be computed since the batch was not there. */
  get dataWaitShare(): number {
    return this.#totalStepMs > 0 ? this.#batches.waitedMs() / this.#totalStepMs : 0;
  }

  /** Stops after the step under way and keeps everything, until {@link resume}. */
  pause(): void {
    if (this.#phase === 'running') this.#setPhase('paused');
  }

  resume(): void {
    if (this.#phase !== 'paused') return;
    this.#setPhase('running');
    this.#wake?.();
  }

  /** Ends the run after the step under way; the weights stay as they are. */
  stop(): void {
    if (this.#phase !== 'running' && this.#phase !== 'paused' && this.#phase !== 'preparing') return;
    this.#setPhase('stopping');
    this.#wake?.();
  }

  /**
   * Trains to the last step, or until stopped.
   * @throws StudioError `nonFinite` if the loss stopped being a number; `deviceLost`, `deviceMemory` or `deviceHung` if the
   *   device failed on the way
   */
  async train(): Promise<void> {
    try {
      this.#clock.start();
      this.#emit('train.state', this.state);
      if (this.#live.step === 0 && this.#live.heldOut.length === 0) await this.#note(lookWhileTraining(this.#live));
      await beginAverage(this.#live);
      if (this.#phase === 'preparing') this.#setPhase('running');
      if (this.#live.step === 0) void this.#save('running');
      await this.#loop();
      const last = await this.#trainer.readState();
      await this.#note(lookAtTheEnd(this.#live));
      this.#keepOptimizer(last);
      await this.#end(this.#phase === 'stopping' ? 'stopped' : 'finished');
    } catch (thrown) {
      this.#error = await explainDeviceFailure(thrown);
      // Only then is what the device holds of any use.
      if (this.#error.code === 'nonFinite') await this.#end('failed');
      else this.#finish(this.#isResumable(this.#error) ? 'interrupted' : 'failed');
      throw this.#error;
    } finally {
      this.#watchdog.stop();
      await this.#keeper?.idle();
      this.#disposeTrainer();
    }
  }

  /** A device that is gone can't hand the parameters back; why it is gone is known already. */
  #disposeTrainer(): void {
    try {
      this.#trainer.dispose();
    } catch (thrown) {
      if (this.#error === null) throw thrown;
    }
  }

  async #end(phase: 'finished' | 'stopped' | 'failed'): Promise<void> {
    if (phase === 'failed') this.#keepOptimizer(await this.#trainer.readState());
    this.#clock.stop();
    await this.#save(phase);
    this.#finish(phase);
  }

  /** Resolves when the run is saved as it is now; there is no need to wait for it. */
  async #save(phase: SavedPhase): Promise<void> {
    this.#live.elapsedMs = this.#clock.elapsedMs;
    await this.#keeper?.save(this.#live, this.#trainer, phase);
  }

  async #loop(): Promise<void> {
    const { training } = this.#live.config;
    while (this.#live.step < training.steps && this.#phase !== 'stopping' && !isStuck(this.#live)) {
      await this.#oneStep();
      const { step } = this.#live;
      const last = step === training.steps;
      if (step % training.logEvery === 0 || last) await this.#log();
      if (!last && training.evalEvery > 0 && step % training.evalEvery === 0)
        await this.#note(lookWhileTraining(this.#live));
      if (!last && this.#keeper?.isDue) {
        // The figures up to here belong to the checkpoint.
        await this.#log();
        void this.#save('running');
      }
      await yieldToMessages();
      if (this.#phase === 'paused') await this.#waitForResume();
    }
    await this.#log();
  }

  async #oneStep(): Promise<void> {
    const { step } = this.#live;
    const { training } = this.#live.config;
    this.#clock.tick();
    const batches = this.#batches.take(step);
    this.#trainer.step(step, batches);
    if (step + 1 < training.steps) this.#batches.makeAhead(step + 1);
    this.#live.step = step + 1;
    this.#live.weightsStep = step + 1;
    await addToAverage(this.#live);
    this.#stepTokens += batches.reduce((sum, batch) => sum + batch.tokens, 0);
    this.#stepMs += this.#clock.tick();
  }

  /** Reads what the device has counted since the last time. */
  async #log(): Promise<void> {
    this.#clock.tick();
    const readings = await this.#watchdog.watch(this.#trainer.readPoints());
    if (readings.length === 0) return;
    this.#stepMs += this.#clock.tick();
    const tokensPerSecond = (1000 * this.#stepTokens) / Math.max(1e-3, this.#stepMs);
    const { elapsedMs } = this.#clock;
    const points = readings.map((reading) => ({ ...reading, tokensPerSecond, elapsedMs }));
    this.#live.points.push(...points);
    this.#totalStepMs += this.#stepMs;
    this.#totalTokens += this.#stepTokens;
    this.#stepMs = 0;
    this.#stepTokens = 0;
    const broken = readings.find(({ loss, gradientNorm }) => !Number.isFinite(loss) || !Number.isFinite(gradientNorm));
    if (broken) throw new StudioError('nonFinite', `loss ${broken.loss} at step ${broken.step}`, { step: broken.step });
    if (performance.now() - this.#versesMs > VERSES_EVERY_MS) await this.#fillVerses();
    this.#flush(false);
  }

  /** Takes down what a look at the held-out text found. */
  async #note(look: Promise<HeldOutPoint | null>): Promise<void> {
    const point = await look;
    if (point) this.#live.heldOut.push(point);
    await this.#fillVerses();
    this.#flush(true);
  }

  /** The trainer goes when the run ends; what its optimizer knew is kept for the export. */
  #keepOptimizer({ weights, ...optimizer }: TrainerState): void {
    const { average, weightsStep, step } = this.#live;
    const endsWithOthers = average !== null || weightsStep !== step;
    this.#live.optimizer = { ...optimizer, weights: endsWithOthers ? weights : null };
  }

  async #fillVerses(): Promise<void> {
    this.#versesMs = performance.now();
    const verses = await fillVerses(this.#live, this.#verses);
    this.#live.answers = withAnswers(this.#live.answers, { step: this.#live.step, verses });
  }

  /** Sends what has come in since the last time, at most ten times a second unless it must go now. */
  #flush(now: boolean): void {
    const nowMs = performance.now();
    if (!now && nowMs - this.#flushedMs < FLUSH_EVERY_MS) return;
    this.#flushedMs = nowMs;
    const { points, heldOut, answers } = this.#live;
    this.#emit('train.metrics', {
      points: points.slice(this.#sent.points),
      heldOut: heldOut.slice(this.#sent.heldOut),
      answers: answers === this.#sent.answers ? null : answers,
    });
    this.#emit('train.state', this.state);
    this.#sent = { points: points.length, heldOut: heldOut.length, answers };
  }

  async #waitForResume(): Promise<void> {
    await this.#log();
    this.#flush(true);
    this.#clock.stop();
    void this.#save('paused');
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // Resumed or stopped while the last figures were read.
      if (this.#phase !== 'paused') resolve();
    });
    this.#wake = null;
  }

  /** Whether the run can go on from its last saved step: what failed is the device, and not the run. */
  #isResumable({ code }: StudioError): boolean {
    const ofDevice = code === 'deviceLost' || code === 'deviceMemory' || code === 'deviceHung';
    return ofDevice && this.#keeper?.savedStep != null;
  }

  #finish(phase: 'finished' | 'stopped' | 'failed' | 'interrupted'): void {
    this.#flush(true);
    this.#setPhase(phase);
  }

  #setPhase(phase: RunPhase): void {
    this.#phase = phase;
    if (phase === 'running' || phase === 'stopping') this.#clock.start();
    // A pause begins once the steps that were asked for are done.
    else if (phase !== 'paused') this.#clock.stop();
    this.#live.elapsedMs = this.#clock.elapsedMs;
    this.#emit('train.state', this.state);
  }
}
