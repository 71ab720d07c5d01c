import { describe, expect, it } from 'vitest';
import { secondsLeft } from './timeLeft.ts';

describe('secondsLeft', () => {
  it('goes by the pace so far', () => {
    expect(secondsLeft([0, 10, 20], [0, 1000, 2000], 100)).toBeCloseTo(7.9);
  });

  it('forgets a slow start', () => {
    const steps = Array.from({ length: 100 }, (_, index) => index);
    const elapsed = steps.map((step) => (step < 10 ? 20_000 * step : 200_000 + 500 * (step - 10)));
    expect(secondsLeft(steps, elapsed, 200)).toBeCloseTo(50);
  });

  it('reads the pace between groups of readings that came together', () => {
    // Ten steps a second: steps 0 to 9 at 1 s, 10 to 19 at 2 s.
    const steps = Array.from({ length: 20 }, (_, index) => index);
    expect(
      secondsLeft(
        steps,
        steps.map((step) => (step < 10 ? 1000 : 2000)),
        120,
      ),
    ).toBeCloseTo(10);
  });

  it('does not guess without a pace', () => {
    expect(secondsLeft([], [], 10)).toBeNull();
    expect(secondsLeft([5], [100], 10)).toBeNull();
    expect(secondsLeft([0, 1, 2], [100, 100, 100], 10)).toBeNull();
  });

  it('ends at 0', () => {
    expect(secondsLeft([8, 9], [100, 200], 10)).toBe(0);
  });
});
