/** The choice of kernel style, on the adapter that is there. */
import { expect, test } from 'vitest';
import { chooseStyle, measureStyles } from './kernelStyle.ts';
import { testDevice } from './testing.ts';

test('on a software adapter barriers are slow, and the measurement shows it', async () => {
  const device = await testDevice();
  const adapter = await navigator.gpu.requestAdapter();
  const times = await measureStyles(device, true);
  expect(times.single).toBeGreaterThan(0);
  expect(times.shared).toBeGreaterThan(0);
  if (adapter?.info.isFallbackAdapter) expect(times.shared).toBeGreaterThan(1.5 * times.single);
});

test('what is expected of an adapter stands until the other style is clearly faster', () => {
  expect(chooseStyle({ single: 20, shared: 100 }, true)).toBe('single');
  expect(chooseStyle({ single: 20, shared: 18 }, true)).toBe('single');
  expect(chooseStyle({ single: 20, shared: 5 }, true)).toBe('shared');
  expect(chooseStyle({ single: 4, shared: 5 }, false)).toBe('shared');
  expect(chooseStyle({ single: 1, shared: 5 }, false)).toBe('single');
});
