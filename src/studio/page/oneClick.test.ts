import { describe, expect, it } from 'vitest';
import { nextToMeasure, planRun } from './oneClick.ts';

const RATIO = 6;

describe('nextToMeasure', () => {
  it('starts with tiny', () => {
    expect(nextToMeasure([], RATIO)).toBe('tiny');
  });

  it('tries micro only where tiny would not finish', () => {
    expect(nextToMeasure([{ preset: 'tiny', msPerStep: 4000 }], RATIO)).toBe('micro');
    expect(nextToMeasure([{ preset: 'tiny', msPerStep: 2000 }], RATIO)).toBeNull();
  });

  it('tries mini only on a device that is fast enough for all its steps', () => {
    expect(nextToMeasure([{ preset: 'tiny', msPerStep: 8 }], RATIO)).toBe('mini');
    expect(nextToMeasure([{ preset: 'tiny', msPerStep: 30 }], RATIO)).toBeNull();
  });

  it('measures two sizes at most', () => {
    const measured = [
      { preset: 'tiny', msPerStep: 9000 },
      { preset: 'micro', msPerStep: 9000 },
    ] as const;
    expect(nextToMeasure(measured, RATIO)).toBeNull();
  });
});

describe('planRun', () => {
  it('fills about three minutes', () => {
    const plan = planRun([{ preset: 'tiny', msPerStep: 375 }]);
    expect(plan).toMatchObject({ preset: 'tiny', steps: 400, warmupSteps: 40 });
    expect((plan.steps * 375) / 1000).toBeGreaterThan(120);
    expect((plan.steps * 375) / 1000).toBeLessThanOrEqual(150);
  });

  it('never takes fewer than 60 steps nor more than 1,500', () => {
    expect(
      planRun([
        { preset: 'tiny', msPerStep: 60_000 },
        { preset: 'micro', msPerStep: 9000 },
      ]),
    ).toMatchObject({ preset: 'micro', steps: 60, warmupSteps: 6 });
    expect(planRun([{ preset: 'tiny', msPerStep: 1 }]).steps).toBe(1500);
  });

  it('takes mini only if it leaves enough steps', () => {
    const tiny = { preset: 'tiny', msPerStep: 8 } as const;
    expect(planRun([tiny, { preset: 'mini', msPerStep: 40 }]).preset).toBe('mini');
    expect(planRun([tiny, { preset: 'mini', msPerStep: 400 }]).preset).toBe('tiny');
  });

  it('reads the held-out loss about ten times', () => {
    for (const msPerStep of [45, 450, 2400]) {
      const { steps, evalEvery } = planRun([{ preset: 'tiny', msPerStep }]);
      expect(steps / evalEvery).toBeGreaterThan(5);
      expect(steps / evalEvery).toBeLessThan(16);
    }
  });
});
