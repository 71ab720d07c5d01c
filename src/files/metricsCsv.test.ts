import { expect, test } from 'vitest';
import { testRun } from '../../test/exportedRun.ts';
import { metricsCsv } from './metricsCsv.ts';

const HEADER =
  'step,loss,masked_accuracy,learning_rate,gradient_norm,tokens_per_second,elapsed_seconds,held_out_loss,held_out_top1,held_out_top5';

test('training and held-out figures share a row where they share a step', () => {
  const { points, heldOut } = testRun();
  expect(metricsCsv(points, heldOut)).toBe(
    [
      HEADER,
      '0,,,,,,,5.768,0.21,0.4321',
      '10,5.5,0.125,0.001,1.5,1234,10,,,',
      '20,4.25,0.125,0.001,1.5,1234,20,4.5,0.21,0.4321',
      '',
    ].join('\n'),
  );
});

test('numbers are those that Python reads', () => {
  const [point] = testRun().points;
  if (!point) throw new Error('no point');
  const csv = metricsCsv(
    [{ ...point, loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY, learningRate: 1e-7 }],
    [],
  );
  expect(csv.split('\n')[1]).toBe('10,nan,0.125,1e-7,inf,1234,10,,,');
});

test('a run without figures has a heading', () => {
  expect(metricsCsv([], [])).toBe(`${HEADER}\n`);
});

test('the last of two held-out points at one step counts', () => {
  const [first] = testRun().heldOut;
  if (!first) throw new Error('no point');
  expect(metricsCsv([], [first, { ...first, loss: 1 }]).split('\n')).toEqual([HEADER, '0,,,,,,,1,0.21,0.4321', '']);
});
