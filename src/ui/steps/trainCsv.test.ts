import { expect, it } from 'vitest';
import { createMetricsLog } from '../../store/metricsLog.ts';
import { logCsv } from './trainCsv.ts';

it('writes every reading of the log, training and held out', () => {
  const log = createMetricsLog();
  const point = { learningRate: 0.001, gradientNorm: 2.5, tokensPerSecond: 900.4, maskedAccuracy: 0.125 };
  log.train.append([
    { ...point, step: 0, loss: 7, elapsedMs: 500 },
    { ...point, step: 1, loss: 6.5, elapsedMs: 1000 },
  ]);
  log.heldOut.append([
    {
      ...{ step: 0, loss: 6.9, standardError: 0.1, documentError: 0.2, top1: 0.01, top5: 0.05, tokens: 9 },
      ...{ bitsPerByte: 3, calibrationError: 0.1, wordAccuracy: null, draws: 1 },
    },
  ]);
  const [header, ...rows] = logCsv(log).trimEnd().split('\n');
  expect(header?.split(',').slice(0, 2)).toEqual(['step', 'loss']);
  expect(rows).toEqual(['0,7,0.125,0.001,2.5,900,0.5,6.9,0.01,0.05', '1,6.5,0.125,0.001,2.5,900,1,,,']);
});
