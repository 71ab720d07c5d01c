import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';

const never = new Promise<never>(() => undefined);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What comes of an answer that never comes. */
async function outcomeOfSilence(watchdog: Watchdog): Promise<unknown> {
  const outcome = watchdog.watch(never).catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(3_600_000);
  return outcome;
}

test('an answer passes, whatever it is', async () => {
  const watchdog = new Watchdog();
  expect(await watchdog.watch(Promise.resolve(3))).toBe(3);
  await expect(watchdog.watch(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
});

test('a device that has answered before and then does not is given up', async () => {
  const watchdog = new Watchdog();
  await watchdog.watch(Promise.resolve(null));
  expect(await outcomeOfSilence(watchdog)).toMatchObject({ code: 'deviceHung', details: { seconds: 120 } });
});

test('the first answer has longer', async () => {
  expect(await outcomeOfSilence(new Watchdog())).toMatchObject({ code: 'deviceHung', details: { seconds: 900 } });
});
