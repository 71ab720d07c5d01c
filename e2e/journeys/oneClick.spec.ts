/** One button does everything; here the run is stopped on the way, in e2e/long it goes to its end. */
import { expect, test } from '../fixtures.ts';
import { trainWithDefaults } from '../oneClick.ts';
import { SHORT_SPLIT, SHORT_TEXT } from '../shortText.ts';

test.use({ address: `./#data?data.heldOutShare=${SHORT_SPLIT['data.heldOutShare']}` });

test('"Train with the defaults" walks all seven steps, and on to a first prediction when it is stopped', async ({
  studio,
}) => {
  await studio.data.loadPasted(SHORT_TEXT);
  await trainWithDefaults(studio, async () => {
    // Enough steps to have learned something.
    const heldOut = studio.train.figure('Held-out loss');
    await expect(heldOut).toContainText(/at step ([2-9]\d|\d{3}|[\d,]{5,})/, { timeout: 240_000 });
    await studio.train.stopButton.click();
  });
});
