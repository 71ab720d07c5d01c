/** Work in slices: how long none of the messages that wait is looked at, and that nothing is done after a cancel. */
import { afterEach, expect, test, vi } from 'vitest';
import { driveInSlices, yieldToMessages } from './yieldToMessages.ts';

afterEach(() => void vi.restoreAllMocks());

/** Work of so many pieces of a millisecond each, on a clock of its own. */
function workOf(pieces: number) {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  function* work(): Generator<number, string> {
    for (let piece = 1; piece <= pieces; piece++) {
      nowMs++;
      yield piece;
    }
    return 'done';
  }
  return { work: work(), done: () => nowMs };
}

test('messages are let in every few milliseconds', async () => {
  const { work, done } = workOf(100);
  const slices: number[] = [];
  expect(await driveInSlices(work, (piece) => slices.push(piece) > 0)).toBe('done');
  const ends = [...new Set(slices)];
  expect(done()).toBe(100);
  expect(ends.length).toBeGreaterThan(5);
  for (const [index, end] of ends.entries()) expect(end - (ends[index - 1] ?? 0)).toBeLessThanOrEqual(12);
});

test('a cancel that comes in between two slices ends the work at once', async () => {
  const { work, done } = workOf(100);
  let cancelled = false;
  let slices = 0;
  const onSlice = (): boolean => {
    if (slices++ === 0) {
      void yieldToMessages().then(() => {
        cancelled = true;
      });
    }
    return !cancelled;
  };
  expect(await driveInSlices(work, onSlice)).toBeNull();
  expect(done()).toBe(12);
});
