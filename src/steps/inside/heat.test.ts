import { describe, expect, it } from 'vitest';
import { attentionLines, heatPaths, shadeOf } from './heat.ts';

describe('heatPaths', () => {
  it('draws neighbouring cells of one shade as one, and nothing for 0', () => {
    expect(heatPaths(Float32Array.of(1, 1, 0, 1), 2)).toEqual([{ shade: 8, path: 'M0 0h2v1h-2zM1 1h1v1h-1z' }]);
    expect(heatPaths(new Float32Array(9), 3)).toEqual([]);
  });

  it('keeps what grew and what shrank apart', () => {
    expect(heatPaths(Float32Array.of(0.25, -0.25, 0, 0), 2)).toEqual([
      { shade: -4, path: 'M1 0h1v1h-1z' },
      { shade: 4, path: 'M0 0h1v1h-1z' },
    ]);
  });

  it('shades grow with the share and end at the last one', () => {
    const shades = [0, 0.001, 0.02, 0.1, 0.5, 1, 1.2].map(shadeOf);
    expect(shades).toEqual([...shades].sort((a, b) => a - b));
    expect(shades[0]).toBe(0);
    expect(shades.at(-1)).toBe(8);
  });
});

describe('attentionLines', () => {
  const map = Float32Array.of(0.9, 0.1, 0.01, 0.99);

  it('leaves out what can’t be seen, and puts the strongest on top', () => {
    expect(attentionLines(map, 2, null).map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0, 0],
      [1, 1],
    ]);
  });

  it('shows fainter lines of one token', () => {
    expect(attentionLines(map, 2, 1).map(({ from, to }) => [from, to])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });
});
