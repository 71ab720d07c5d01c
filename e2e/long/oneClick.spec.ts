/** From an empty profile, one button does everything: the sonnets, the size and the steps that this device has time for. */
import { test } from '../fixtures.ts';
import { trainWithDefaults } from '../oneClick.ts';

test('"Train with the defaults" walks all seven steps and ends with a first prediction', async ({ studio }) => {
  test.setTimeout(1_500_000);
  await trainWithDefaults(studio);
});
