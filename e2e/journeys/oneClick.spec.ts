/** One button does everything: here the run is stopped on the way, in e2e/long it goes to its end. */
import { expect, test } from '../fixtures.ts';
import { trainWithDefaults } from '../oneClick.ts';
import type { Studio } from '../pages/studio.ts';
import { ARABIC, JAPANESE, THAI } from '../scriptTexts.ts';
import { SHORT_SPLIT, SHORT_TEXT } from '../shortText.ts';

/** Stops the run once it has learned more than is asked of it: the last evaluation reads other masks than those before. */
async function stopEarly({ train }: Studio): Promise<void> {
  const heldOut = train.figure('Held-out loss');
  await expect(heldOut).toContainText('at step 0', { timeout: 240_000 });
  const before = await train.figureNumber('Held-out loss');
  await expect.poll(() => train.figureNumber('Held-out loss'), { timeout: 240_000 }).toBeLessThan(before - 0.9);
  await train.stopButton.click();
}

test.describe('with few held-out lines', () => {
  test.use({ address: `./#data?data.heldOutShare=${SHORT_SPLIT['data.heldOutShare']}` });

  test('"Train with the defaults" walks all seven steps, and on to a first prediction when it is stopped', async ({
    studio,
  }) => {
    await studio.data.loadPasted(SHORT_TEXT);
    await trainWithDefaults(studio, () => stopEarly(studio));
  });
});

// Words without spaces, letters of three bytes, lines from the right: each once left a walk without a line to ask about.
for (const [name, text] of Object.entries({ 'Japanese.txt': JAPANESE, 'Arabic.txt': ARABIC, 'Thai.txt': THAI })) {
  test(`${name}: one click ends with held-out lines, a prediction and an exported bundle`, async ({ studio }) => {
    const buffer = Buffer.from(text);
    expect(buffer.byteLength).toBeGreaterThan(25_000);
    await studio.data.pick({ name, mimeType: 'text/plain', buffer });
    await studio.data.isLoaded(name);
    await trainWithDefaults(studio, () => stopEarly(studio));
    await expect(studio.page.locator('.verse .guess').first()).toBeVisible();
    await expect(studio.page.getByText(/^Held-out lines filled in by the model after/)).toBeVisible();
    await expect(studio.alert).toBeHidden();
  });
}
