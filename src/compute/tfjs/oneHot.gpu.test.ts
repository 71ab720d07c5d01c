import { expect, test } from 'vitest';
import { BACKEND_NAMES } from '../../core/device.ts';
import { probeDevice } from '../backend.ts';
import { oneHot } from './composedOps.ts';

test.each(BACKEND_NAMES)('one-hot on %s gives float32 numbers, and zeros for an id outside', async (backend) => {
  await probeDevice(backend);
  const rows = oneHot(Int32Array.of(2, -1, 0, 3), 3);
  expect(rows.dtype).toBe('float32');
  expect([...(await rows.data())]).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  rows.dispose();
});
