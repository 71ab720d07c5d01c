/** Step 3: one real batch, drawn as training would draw it. */
import type { RunConfig } from '../../core/config.ts';
import { runStep, type StudioContext } from '../../studio/page/context.ts';
import { formatShare } from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { BatchPreview } from './pipelineCommands.ts';

export const EMPTY_PIPELINE = {
  batch: null as BatchPreview | null,
  /** Step of the run whose batch is shown; “Next batch” goes on to the next. */
  batchStep: 0,
};

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly pipeline: Readonly<typeof EMPTY_PIPELINE>;
  }
  interface StudioActions extends ReturnType<typeof createPipelineActions> {}
}

/**
 * Draws a batch with the settings.
 * @returns whether it was drawn: not if the settings are impossible, nor if they changed meanwhile
 */
export async function drawBatch(context: StudioContext, step?: number): Promise<boolean> {
  const { config, pipeline } = context.get();
  if (firstProblem(config, 'pipeline') !== null) return false;
  const batchStep = step ?? pipeline.batchStep;
  const { batchSize, seed } = config.training;
  const batch = await runStep(context, 'pipeline', () =>
    context.engine.call('pipeline.preview', { config: config.pipeline, batchSize, seed, step: batchStep }),
  );
  const { config: latest, steps } = context.get();
  const changed = batchSettings(latest) !== batchSettings(config);
  if (batch === null || changed) return false;
  const line = `${config.pipeline.seqLength} tokens per sequence, masking rate ${formatShare(config.pipeline.maskingRate, 0)}`;
  // Another batch of the same pipeline outdates nothing.
  const again = steps.pipeline.result === 'fresh';
  context.set({
    pipeline: { batch, batchStep },
    steps: again ? steps : completeStep(steps, 'pipeline', line),
  });
  return true;
}

/** What a batch depends on, to compare. */
function batchSettings({ pipeline, training: { batchSize, seed } }: RunConfig): string {
  return JSON.stringify([pipeline, batchSize, seed]);
}

/** Actions of the Pipeline step. */
export function createPipelineActions(context: StudioContext) {
  return {
    drawBatch: (step?: number) => drawBatch(context, step),
  };
}
