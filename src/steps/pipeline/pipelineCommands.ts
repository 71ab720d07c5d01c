/** The command of the Pipeline step: one real batch, drawn as training would draw it. */
import type { PipelineConfig } from '../../core/config.ts';
import { validatePart } from '../../core/validation.ts';
import type { Commands, ResultOf } from '../../studio/rpc.ts';
import { batchSourceOf } from '../../studio/worker/batchesAhead.ts';
import { requireTokens, type SessionState } from '../../studio/worker/session.ts';

export type BatchPreview = ResultOf<(typeof pipelineCommands)['pipeline.preview']>;

interface BatchQuery {
  readonly config: PipelineConfig;
  readonly batchSize: number;
  readonly seed: number;
  readonly step: number;
}

export const pipelineCommands = {
  /** The batch of a step, with the text of its ids. */
  'pipeline.preview': async (state, { config, batchSize, seed, step }: BatchQuery) => {
    validatePart('pipeline', config);
    const tokens = requireTokens(state);
    const source = batchSourceOf(tokens, { pipeline: config, training: { batchSize, seed } });
    const { rows, columns, inputIds, attentionMask, labels, chosen, ...batch } = source.batch(step);
    const { labels: originals } = source.batch(step, false);
    const texts: Record<number, string> = {};
    for (const id of [...inputIds, ...labels, ...originals]) texts[id] ??= tokens.tokenizer.textOf(id);
    return {
      // [B, T] each; `chosen` is 1 where the model has to guess, `originals` are the text's own tokens.
      ...{ rows, columns, inputIds, attentionMask, labels, originals, chosen },
      /** Of every distinct id in the batch. */
      texts,
      /** Share of the positions that are padding, over the whole epoch rather than this batch. */
      paddingShare: source.paddingShare,
      rowsPerEpoch: source.rowsPerEpoch,
      maskedShare: batch.maskedCount / Math.max(1, batch.tokens),
    };
  },
} satisfies Commands<SessionState>;
