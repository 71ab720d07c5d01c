import { expect, test } from 'vitest';
import { Watchdog } from './watchdog.ts';

const never = new Promise<never>(() => undefined);

test('an answer passes, whatever it is', async () => {
  const watchdog = new Watchdog();
  expect(await watchdog.watch(Promise.resolve(3))).toBe(3);
  await expect(watchdog.watch(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
});

test('a device that has answered before and then does not is given up', async () => {
  const watchdog = new Watchdog(1);
  await watchdog.watch(Promise.resolve(null));
  await expect(watchdog.watch(never)).rejects.toMatchObject({ code: 'deviceHung', details: { seconds: 120 } });
});

test('the first answer has longer', async () => {
  await expect(new Watchdog(1).watch(never)).rejects.toMatchObject({ details: { seconds: 900 } });
});
