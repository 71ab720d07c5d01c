/** The learning-rate range test, on a model that is thrown away. */
import type { RunSettings } from '../../core/config.ts';
import { addReading, isOver, RANGE_STEPS, type RangePoint, rangeTraining, readRange } from '../../core/rangeTest.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import type { Commands } from '../../studio/rpc.ts';
import { asJob, requireTokens, type SessionState } from '../../studio/worker/session.ts';
import { withTrial } from '../../studio/worker/trialRun.ts';
import { assertFits, ensureDevice } from '../model/modelCommands.ts';

/** Steps between two events. */
const TELL_EVERY = 4;

export const rangeCommands = {
  /** Tries growing learning rates. @returns null if it was cancelled */
  'train.range': async (state, params: RunSettings, signal) => {
    await ensureDevice(state);
    return asJob(state, 'testing learning rates', async () => {
      const tokens = requireTokens(state);
      assertFits(state, tokens, params);
      const sizes = { ...params, training: rangeTraining(params.training) };
      return withTrial(tokens, sizes, async (take) => {
        let points: RangePoint[] = [];
        for (let step = 0; step < RANGE_STEPS && !isOver(points); step++) {
          const [reading] = (await take(step)).points;
          if (reading === undefined || !Number.isFinite(reading.loss)) break;
          points = addReading(points, reading.learningRate, reading.loss);
          if (step % TELL_EVERY === 0) state.emit('train.rangeProgress', { done: step / RANGE_STEPS, points });
          await yieldToMessages();
          if (signal.aborted) return null;
        }
        return readRange(points);
      });
    });
  },
} satisfies Commands<SessionState>;
