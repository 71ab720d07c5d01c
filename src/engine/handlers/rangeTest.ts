/** The learning-rate range test, on a model that is thrown away. */
import { createBatchSource } from '../../core/pipeline/batches.ts';
import { addReading, isOver, RANGE_STEPS, type RangePoint, rangeTraining, readRange } from '../../core/rangeTest.ts';
import { drawWeights } from '../../ml/model/initialize.ts';
import { Roberta } from '../../ml/model/roberta.ts';
import { createTrainer } from '../../ml/training/createTrainer.ts';
import type { CommandParams, CommandResult } from '../protocol.ts';
import { asJob, requireTokens, type SessionState } from '../session.ts';
import { yieldToMessages } from '../yieldToMessages.ts';
import { assertFits, ensureDevice, tokenCounts } from './model.ts';

/** Steps between two events. */
const TELL_EVERY = 4;

/** @returns null if it was cancelled */
export async function testRange(
  state: SessionState,
  params: CommandParams<'train.range'>,
): Promise<CommandResult<'train.range'>> {
  await ensureDevice(state);
  return asJob(state, 'testing learning rates', async () => {
    const tokens = requireTokens(state);
    assertFits(state, tokens, params);
    state.rangeCancelled = false;
    const { model, pipeline, training } = params;
    const { vocabSize } = tokens.tokenizer;
    const { batchSize, seed, gradientAccumulation } = training;
    const source = createBatchSource(tokens.training, { pipeline, batchSize, seed, vocabSize });
    const roberta = new Roberta(model, vocabSize, drawWeights(model, vocabSize, seed, tokenCounts(tokens)));
    const trainer = createTrainer(roberta, rangeTraining(training), { seed });
    try {
      let points: RangePoint[] = [];
      for (let step = 0; step < RANGE_STEPS && !isOver(points); step++) {
        const first = step * gradientAccumulation;
        trainer.step(
          step,
          Array.from({ length: gradientAccumulation }, (_, k) => source.batch(first + k)),
        );
        const [reading] = await trainer.readPoints();
        if (reading === undefined || !Number.isFinite(reading.loss)) break;
        points = addReading(points, reading.learningRate, reading.loss);
        if (step % TELL_EVERY === 0) state.emit('train.rangeProgress', { done: step / RANGE_STEPS, points });
        await yieldToMessages();
        if (state.rangeCancelled) return null;
      }
      return readRange(points);
    } finally {
      trainer.dispose();
      roberta.dispose();
    }
  });
}

/** Ends a test that is under way; it answers null. */
export async function cancelRange(state: SessionState): Promise<null> {
  state.rangeCancelled = true;
  return null;
}
