import { describe, expect, it } from 'vitest';
import { DRAWN_ROWS, linearTicks, logTicks, lossDomain, lossRows, readingAt, withOthers } from './lossRows.ts';

const series = {
  steps: [0, 1, 2, 3],
  losses: [7, 6, 5, 4],
  heldOutSteps: [0, 2, 4],
  heldOutLosses: [7.1, 5.5, 4.9],
};
const linear = { smoothing: 0, logX: false, logY: false };

describe('lossRows', () => {
  it('joins held-out points with the training point of the same step', () => {
    expect(lossRows(series, linear)).toEqual([
      { step: 0, raw: 7, smooth: 7, heldOut: 7.1 },
      { step: 1, raw: 6, smooth: 6 },
      { step: 2, raw: 5, smooth: 5, heldOut: 5.5 },
      { step: 3, raw: 4, smooth: 4 },
      { step: 4, heldOut: 4.9 },
    ]);
  });

  it('leaves out what a logarithmic axis cannot show', () => {
    expect(lossRows(series, { ...linear, logX: true }).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    const zero = { ...series, losses: [7, 0, 5, 4] };
    expect(lossRows(zero, { ...linear, logY: true }).map(({ step }) => step)).toEqual([0, 2, 3, 4]);
  });

  it('smooths before it thins: the last average knows every value', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => index);
    const losses = long.map((step) => (step % 2 === 0 ? 0 : 2));
    const rows = lossRows({ steps: long, losses, heldOutSteps: [], heldOutLosses: [] }, { ...linear, smoothing: 0.99 });
    expect(rows.length).toBeLessThanOrEqual(DRAWN_ROWS);
    // Thinning first would leave almost only zeros or almost only twos in the average.
    expect(rows.at(-1)?.smooth).toBeCloseTo(1, 1);
  });
});

describe('withOthers', () => {
  it('puts other runs beside this one, at their own steps', () => {
    const rows = lossRows(series, linear);
    const others = [
      { steps: [0, 3, 9], losses: [7.2, 5, 3] },
      { steps: [3], losses: [4.5] },
    ];
    const merged = withOthers(rows, others, linear);
    expect(merged.find(({ step }) => step === 3)).toEqual({ step: 3, raw: 4, smooth: 4, other0: 5, other1: 4.5 });
    expect(merged.at(-1)).toEqual({ step: 9, other0: 3 });
    const logarithmic = withOthers(lossRows(series, { ...linear, logX: true }), others, { logX: true, logY: false });
    expect(logarithmic[0]).toEqual({ step: 1, raw: 6, smooth: 6 });
  });
});

describe('readingAt', () => {
  it('reads every series at one step', () => {
    expect(readingAt(series, 0, 3)).toEqual({ step: 3, raw: 4, smooth: 4, heldOut: { step: 2, loss: 5.5 } });
  });

  it('has nothing to say about an empty run', () => {
    const empty = { steps: [], losses: [], heldOutSteps: [], heldOutLosses: [] };
    expect(readingAt(empty, 0.9, 3)).toEqual({ step: 3, raw: null, smooth: null, heldOut: null });
  });
});

describe('lossDomain', () => {
  it('holds the data and the reference lines', () => {
    expect(lossDomain([{ step: 1, raw: 4.2, heldOut: 4.6 }], [6.93], false)).toEqual([4, 7]);
    expect(lossDomain([{ step: 1, raw: 7.3 }], [6.93], false)).toEqual([5.5, 7.5]);
    expect(lossDomain([{ step: 1, raw: 0.02 }], [6.93], false)).toEqual([0, 7]);
    expect(lossDomain([], [6.93, 6, 4.24], false)).toEqual([4, 7]);
  });

  it('stays above 0 on a logarithmic axis', () => {
    expect(lossDomain([{ step: 1, raw: 0.02 }], [6.93], true)[0]).toBeGreaterThan(0);
  });
});

describe('logTicks', () => {
  it('chooses round values', () => {
    expect(logTicks(1, 400)).toEqual([1, 2, 5, 10, 20, 50, 100, 200]);
    expect(logTicks(4, 7)).toEqual([4, 4.5, 5, 5.5, 6, 6.5, 7]);
    expect(logTicks(0.01, 7)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]);
  });
});

describe('linearTicks', () => {
  it('chooses round values, as many as fit', () => {
    expect(linearTicks(5, 7.5, 6)).toEqual([5, 5.5, 6, 6.5, 7, 7.5]);
    expect(linearTicks(0, 300, 6)).toEqual([0, 100, 200, 300]);
    expect(linearTicks(0, 120, 6)).toEqual([0, 25, 50, 75, 100]);
    expect(linearTicks(6.5, 7, 6)).toEqual([6.5, 6.6, 6.7, 6.8, 6.9, 7]);
  });

  it('never exceeds the number asked for', () => {
    for (const highest of [1, 3, 7, 40, 99, 400, 1000, 12_345]) {
      expect(linearTicks(0, highest, 6).length).toBeLessThanOrEqual(6);
      expect(linearTicks(0, highest, 6).length).toBeGreaterThan(1);
    }
  });
});
