import { expect, test } from 'vitest';
import { heldOutPoint } from '../../test/points.ts';
import { figuresOf } from './metrics.ts';

test('a figure’s note ends with the metric that stands beside it; what was not measured has none', () => {
  const of = (point: Parameters<typeof heldOutPoint>[0]) =>
    figuresOf(heldOutPoint(point)).find(({ key }) => key === 'wordTop1');
  expect(of({ wordTop1: 0.2, wordTop5: 0.41 })).toMatchObject({ number: '20.0%', note: 'top 5: 41.0%' });
  expect(of({ wordTop1: null })).toBeUndefined();
});
