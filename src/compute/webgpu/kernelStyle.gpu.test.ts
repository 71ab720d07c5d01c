/** A product is timed in both styles on the adapter that is there. What follows from it: `kernelStyle.test.ts`. */
import { afterEach, expect, test } from 'vitest';
import { testDevice } from '../../../test/dispatches.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { measureStyles } from './kernelStyle.ts';

afterEach(throwOnDeviceFailure);

test('both styles run, and take some time', async () => {
  const times = await measureStyles(await testDevice(), true);
  expect(times.single).toBeGreaterThan(0);
  expect(times.shared).toBeGreaterThan(0);
});
