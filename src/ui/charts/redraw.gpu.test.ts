/** A run of 100,000 steps stays fluid: what drawing it anew takes of the main thread, as CPU time of the thread. */
import { createElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { createMetricsLog, type MetricsLog } from '../../store/metricsLog.ts';
import { TrainCharts } from '../steps/TrainCharts.tsx';

const STEPS = 100_000;
const REDRAWS = 20;
/** One task that takes longer is felt. */
const LONGEST_MS = 50;

const reference = {
  ...{ random: 6.24, unigram: 5.26, neighbours: 3.16, neighbourTop1: 0.2, neighbourTop5: 0.4, tokens: 18_000 },
  shrinkage: { leftAlone: 32, rightAlone: 32, left: 16, right: 8, both: 4, leftShare: 0.5 },
};

let root: Root;
let place: HTMLElement;

beforeEach(() => {
  place = document.createElement('div');
  place.style.width = '900px';
  document.body.append(place);
  root = createRoot(place);
});

afterEach(() => {
  root.unmount();
  place.remove();
});

function addSteps(log: MetricsLog, from: number, count: number): void {
  const lossAt = (step: number): number => 2.5 + 4 * Math.exp(-step / 20_000) + 0.3 * Math.sin(step * 12.9898);
  const point = { maskedAccuracy: 0.4, learningRate: 0.001, gradientNorm: 2, tokensPerSecond: 1e4 };
  log.train.append(
    Array.from({ length: count }, (_, index) => ({
      ...point,
      step: from + index,
      loss: lossAt(from + index),
      elapsedMs: from,
    })),
  );
}

function longLog(): MetricsLog {
  const log = createMetricsLog();
  addSteps(log, 0, STEPS);
  const look = { standardError: 0.02, documentError: 0.1, top1: 0.3, top5: 0.5, bitsPerByte: 2, calibrationError: 0.1 };
  const steps = Array.from({ length: 200 }, (_, index) => 500 * index);
  const lossAt = (step: number): number => 2.8 + 3.6 * Math.exp(-step / 20_000);
  log.heldOut.append(
    steps.map((step) => ({ ...look, step, loss: lossAt(step), tokens: 9, draws: 2, wordAccuracy: null })),
  );
  return log;
}

function draw(log: MetricsLog, version: number): void {
  const given = {
    log,
    version,
    totalSteps: 2 * STEPS,
    vocabSize: 512,
    reference,
    others: [],
    savedSteps: [],
    keptStep: null,
  };
  flushSync(() => root.render(createElement(TrainCharts, { ...given, name: 'Run 1' })));
}

/** Two frames: the first one lays out and paints, and by the second one it is done. */
async function painted(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Milliseconds of CPU time that the page's thread has spent in tasks. */
async function threadMs(): Promise<number> {
  const { metrics } = await cdp().send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

/** Mean CPU time of doing something and painting what came of it. */
async function costOf(work: (turn: number) => void): Promise<number> {
  await painted();
  const before = await threadMs();
  for (let turn = 0; turn < REDRAWS; turn++) {
    work(turn);
    await painted();
  }
  return ((await threadMs()) - before) / REDRAWS;
}

test('drawing 100,000 points anew, zooming into them and reading them takes well under 50 ms each', async () => {
  await cdp().send('Performance.enable', { timeDomain: 'threadTicks' });
  const log = longLog();
  draw(log, 0);
  // The size of the chart is known in the next frame, and the small charts come one after the other.
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(place.querySelectorAll('.plot-bold')).toHaveLength(3);
  const idle = await costOf(() => undefined);
  const growing = await costOf((turn) => {
    addSteps(log, STEPS + 10 * turn, 10);
    draw(log, turn + 1);
  });
  const sensor = place.querySelector('[role=slider]');
  const press = (key: string): void => {
    flushSync(() => sensor?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
  };
  const zooming = await costOf((turn) => press(turn < REDRAWS / 2 ? '+' : '-'));
  const reading = await costOf(() => press('ArrowLeft'));
  expect(sensor?.getAttribute('aria-valuetext')).toMatch(/^step 1\d\d,\d\d\d: training \d/);
  const figures = { idle, growing, zooming, reading };
  console.log(
    `CPU ms of the page's thread: ${Object.entries(figures)
      .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
      .join(', ')}`,
  );
  for (const [name, ms] of Object.entries(figures)) expect(ms, name).toBeLessThan(LONGEST_MS);
});
