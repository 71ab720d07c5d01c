import { afterEach, expect, test, vi } from 'vitest';
import type { Batch } from '../../text/batches/batch.ts';
import type { BatchSource } from '../../text/batches/batches.ts';
import { batchesAhead } from './batchesAhead.ts';

afterEach(() => void vi.restoreAllMocks());

/** A source whose batches take a while, on a clock that stands still otherwise, and are told apart by their number of rows. */
function slowSource(ms: number): { source: BatchSource; asked: number[] } {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const asked: number[] = [];
  const batch = (index: number): Batch => {
    asked.push(index);
    nowMs += ms;
    return { rows: index } as Batch;
  };
  const source = { rowsPerEpoch: 1, maskedRows: 1, paddingShare: 0, epochOf: () => 0, batch };
  return { source, asked };
}

test('a step takes its own batches, whether they were made ahead or not', () => {
  const { source, asked } = slowSource(0);
  const ahead = batchesAhead(source, 2, true);
  expect(ahead.take(3).map(({ rows }) => rows)).toEqual([6, 7]);
  ahead.makeAhead(4);
  expect(ahead.take(4).map(({ rows }) => rows)).toEqual([8, 9]);
  ahead.makeAhead(5);
  expect(ahead.take(7).map(({ rows }) => rows)).toEqual([14, 15]);
  expect(asked).toEqual([6, 7, 8, 9, 10, 11, 14, 15]);
});

test('only what the device has to wait for is counted', () => {
  const onDevice = batchesAhead(slowSource(5).source, 1, true);
  onDevice.take(0);
  const first = onDevice.waitedMs();
  expect(first).toBe(5);
  onDevice.makeAhead(1);
  onDevice.take(1);
  expect(onDevice.waitedMs()).toBe(first);
  const here = batchesAhead(slowSource(5).source, 1, false);
  here.makeAhead(0);
  here.take(0);
  expect(here.waitedMs()).toBe(5);
});
