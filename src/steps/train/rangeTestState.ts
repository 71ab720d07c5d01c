/** The learning-rate range test of the Train step. */
import type { RangePoint, RangeTest } from '../../core/rangeTest.ts';
import { runStep, type StudioContext } from '../../studio/page/context.ts';

export interface RangeSlice {
  /** Share of the steps; null: no test is under way. */
  readonly done: number | null;
  readonly points: readonly RangePoint[];
  /** The latest test that came to its end. */
  readonly result: RangeTest | null;
}

export const NO_RANGE: RangeSlice = { done: null, points: [], result: null };

export interface RangeActions {
  /** Tries growing learning rates on a model that is thrown away. */
  testRange(): Promise<void>;
}

declare module '../../studio/page/state.ts' {
  interface StudioState {
    readonly range: RangeSlice;
  }
  interface StudioActions extends RangeActions {}
}

export function createRangeActions(context: StudioContext): RangeActions {
  const { engine } = context;
  engine.subscribe('train.rangeProgress', ({ done, points }) => context.patch('range', { done, points }));
  return {
    testRange: async () => {
      const { model, pipeline, training } = context.get().config;
      context.set({ range: { ...NO_RANGE, done: 0 } });
      const result = await runStep(context, 'train', () => engine.call('train.range', { model, pipeline, training }));
      context.set({ range: { done: null, points: result?.points ?? [], result } });
    },
  };
}
