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

export type BatchesAhead = ReturnType<typeof batchesAhead>;

/**
 * @param perStep batches in a step
 * @param deviceWorksMeanwhile whether the device computes while this thread makes batches
 */
export function batchesAhead(source: BatchSource, perStep: number, deviceWorksMeanwhile: boolean) {
  let made: { readonly step: number; readonly batches: readonly Batch[] } | null = null;
  let waitedMs = 0;
  const make = (step: number): readonly Batch[] =>
    Array.from({ length: perStep }, (_, k) => source.batch(step * perStep + k));
  const makeNow = (step: number): readonly Batch[] => {
    const startedMs = performance.now();
    const batches = make(step);
    waitedMs += performance.now() - startedMs;
    return batches;
  };
  return {
    /** Time that steps have waited for their batches so far. */
    waitedMs: () => waitedMs,
    /** The batches of a step: those made ahead, else made now. */
    take: (step: number): readonly Batch[] => {
      const ahead = made;
      made = null;
      return ahead?.step === step ? ahead.batches : makeNow(step);
    },
    /** Makes the batches of a step that comes. To be called once the device has its work. */
    makeAhead: (step: number): void => {
      made = { step, batches: deviceWorksMeanwhile ? make(step) : makeNow(step) };
    },
  };
}
