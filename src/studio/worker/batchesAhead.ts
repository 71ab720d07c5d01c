/**
 * Batches made while the device works. WebGPU computes on its own, so the next step's batches are made meanwhile; where this
 * very thread computes, making them is time that the steps wait for.
 */
import type { PipelineConfig, TrainingConfig } from '../../core/config.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { type BatchSource, createBatchSource } from '../../text/batches/batches.ts';
import type { TokenizedText } from './liveModel.ts';

/** The batches of a run on a text. @throws StudioError `dataTooShort` */
export function batchSourceOf(
  { training: documents, tokenizer }: Pick<TokenizedText, 'training' | 'tokenizer'>,
  run: { readonly pipeline: PipelineConfig; readonly training: Pick<TrainingConfig, 'batchSize' | 'seed'> },
): BatchSource {
  const { batchSize, seed } = run.training;
  return createBatchSource(documents, { pipeline: run.pipeline, batchSize, seed, vocabSize: tokenizer.tokenCount });
}

export class BatchesAhead {
  readonly #source: BatchSource;
  readonly #perStep: number;
  readonly #deviceWorksMeanwhile: boolean;
  #made: { readonly step: number; readonly batches: readonly Batch[] } | null = null;
  #waitedMs = 0;

  /**
   * @param perStep batches in a step
   * @param deviceWorksMeanwhile whether the device goes on while this thread makes batches
   */
  constructor(source: BatchSource, perStep: number, deviceWorksMeanwhile: boolean) {
    this.#source = source;
    this.#perStep = perStep;
    this.#deviceWorksMeanwhile = deviceWorksMeanwhile;
  }

  /** Time that steps have waited for their batches so far. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** The batches of a step: those made ahead, else made now. */
  take(step: number): readonly Batch[] {
    const made = this.#made;
    this.#made = null;
    if (made?.step === step) return made.batches;
    return this.#timed(() => this.#make(step));
  }

  /** Makes the batches of a step that comes. To be called once the device has its work. */
  makeAhead(step: number): void {
    const make = (): readonly Batch[] => this.#make(step);
    this.#made = { step, batches: this.#deviceWorksMeanwhile ? make() : this.#timed(make) };
  }

  #make(step: number): readonly Batch[] {
    return Array.from({ length: this.#perStep }, (_, k) => this.#source.batch(step * this.#perStep + k));
  }

  #timed<T>(work: () => T): T {
    const startedMs = performance.now();
    const result = work();
    this.#waitedMs += performance.now() - startedMs;
    return result;
  }
}
