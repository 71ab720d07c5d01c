import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { heldOutPoint, trainPoint } from '../../../test/points.ts';
import { metricsCsv } from '../../files/metricsCsv.ts';
import { createMetricsLog, throttle } from './metricsLog.ts';

const point = (step: number) => trainPoint({ step, loss: 7 - step / 1000, elapsedMs: step * 10 });

describe('createMetricsLog', () => {
  it('keeps every point over its growth, in order', () => {
    const log = createMetricsLog();
    for (let step = 0; step < 3000; step += 3) log.train.append([point(step), point(step + 1), point(step + 2)]);
    expect(log.train.length()).toBe(3000);
    expect(Array.from(log.train.column('step'))).toEqual(Array.from({ length: 3000 }, (_, step) => step));
    expect(log.train.column('loss')[2999]).toBeCloseTo(4.001, 9);
    expect(log.heldOut.length()).toBe(0);
  });

  it('gives columns of the length so far, without a copy', () => {
    const log = createMetricsLog();
    log.train.append([point(5)]);
    const column = log.train.column('elapsedMs');
    expect(Array.from(column)).toEqual([50]);
    expect(column.buffer).toBe(log.train.column('elapsedMs').buffer);
  });

  it('gives its rows as they came, for metrics.csv, with NaN for what was not measured', () => {
    const log = createMetricsLog();
    const points = [point(0), point(1)];
    const look = heldOutPoint({ loss: 6.9, wordAccuracy: null });
    log.train.append(points);
    log.heldOut.append([look]);
    expect(log.train.rows()).toEqual(points);
    expect(log.heldOut.rows()).toEqual([{ ...look, wordAccuracy: Number.NaN }]);
    expect(metricsCsv(log.train.rows(), log.heldOut.rows())).toBe(metricsCsv(points, [look]));
  });
});

describe('throttle', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('publishes at once, at most every 100 ms, and never loses the last change', () => {
    let published = 0;
    const request = throttle(() => published++, 100);
    for (let ms = 0; ms < 1000; ms += 10) {
      request();
      vi.advanceTimersByTime(10);
    }
    expect(published).toBeGreaterThanOrEqual(10);
    expect(published).toBeLessThanOrEqual(11);
    const before = published;
    request();
    vi.advanceTimersByTime(500);
    expect(published).toBe(before + 1);
    vi.advanceTimersByTime(500);
    expect(published).toBe(before + 1);
  });
});
