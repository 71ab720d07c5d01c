/** The browser is killed in the middle of a run: after Resume the run ends as if nothing had happened, byte for byte. */
import { expect, test } from '@playwright/test';
import { runWithKills } from '../killedRun.ts';

// The long form, `npm run test:long`, kills 20 times.
test('a run whose browser is killed twice ends with the bytes of one that was left alone', async ({ baseURL }) => {
  test.setTimeout(300_000);
  const sizes = { steps: 240, evalEvery: 40, saveEvery: 1, hiddenSize: 32, batchSize: 8 };
  const options = { ...sizes, url: baseURL ?? '', backend: 'wasm' } as const;
  const killed = await runWithKills({
    ...options,
    kills: [
      { step: 70, afterMs: 40 },
      { step: 160, afterMs: 300 },
    ],
  });
  const whole = await runWithKills({ ...options, kills: [] });
  expect(killed.hashes).toEqual(whole.hashes);
  expect(killed.points).toEqual(whole.points);
  expect(killed.points).toHaveLength(240);
  expect(killed.heldOut).toEqual(whole.heldOut);
});
