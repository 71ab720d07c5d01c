import { expect, test, vi } from 'vitest';
import { flattenParameters, inFileOrder, namedParameters } from './parameterLayout.ts';

const SPECS = [
  { name: 'a', shape: [2] },
  { name: 'b', shape: [3] },
] as never;

test('parameters go there and back, also where subarray gives back the whole array, as Firefox did', () => {
  const layout = inFileOrder(SPECS);
  // In the middle of the engine's memory.
  const memory = Float32Array.of(9, 1, 2, 3, 4, 5, 9);
  const values = new Map([
    ['a', new Float32Array(memory.buffer, 4, 2)],
    ['b', new Float32Array(memory.buffer, 12, 3)],
  ]);
  const whole = vi.spyOn(Float32Array.prototype, 'subarray').mockImplementation(function (this: Float32Array) {
    return new Float32Array(this.buffer);
  } as never);
  try {
    const flat = flattenParameters(layout, SPECS, values);
    expect([...flat]).toEqual([1, 2, 3, 4, 5]);
    expect([...namedParameters(layout, SPECS, new Float32Array(memory.buffer, 4, 5)).values()]).toEqual([
      Float32Array.of(1, 2),
      Float32Array.of(3, 4, 5),
    ]);
  } finally {
    whole.mockRestore();
  }
});
