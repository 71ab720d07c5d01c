/** The command of the Pipeline step: one real batch, drawn as training would draw it. */
import { validatePipelineConfig } from '../../core/validation.ts';
import { batchSourceOf } from '../batchesAhead.ts';
import type { CommandParams, CommandResult } from '../protocol.ts';
import { requireTokens, type SessionState } from '../session.ts';

/** The batch of a step, with the text of its ids. */
export async function previewBatch(
  state: SessionState,
  { config, batchSize, seed, step }: CommandParams<'pipeline.preview'>,
): Promise<CommandResult<'pipeline.preview'>> {
  validatePipelineConfig(config);
  const tokens = requireTokens(state);
  const source = batchSourceOf(tokens, { pipeline: config, training: { batchSize, seed } });
  const batch = source.batch(step);
  const texts: Record<number, string> = {};
  for (const id of [...batch.inputIds, ...batch.labels]) texts[id] ??= tokens.tokenizer.textOf(id);
  return {
    rows: batch.rows,
    columns: batch.columns,
    inputIds: batch.inputIds,
    attentionMask: batch.attentionMask,
    labels: batch.labels,
    chosen: batch.chosen,
    texts,
    paddingShare: source.paddingShare,
    rowsPerEpoch: source.rowsPerEpoch,
    maskedShare: batch.maskedCount / Math.max(1, batch.tokens),
  };
}
