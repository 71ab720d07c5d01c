/**
 * Is the rate that the learning-rate range test recommends a good one? Runs the test, then whole runs at that rate and at rates
 * around it; each ends with a line of JSON. docs/LEARNING.md has the figures.
 *
 *     npx tsx e2e/perf/rangeSweep.ts --corpus FILE [options of npm run train]
 */
import process from 'node:process';
import type { RunSettings } from '../../src/core/config.ts';
import { openEngine } from '../../tools/openEngine.ts';
import { settingsFor } from '../../tools/train.ts';
import { parseTrainArgs } from '../../tools/trainArgs.ts';
import { figuresOf } from '../../tools/trainReport.ts';

/** What the recommended rate is multiplied by. */
const AROUND = [1, 1 / 4, 1 / 2, 2, 4] as const;

const request = parseTrainArgs([...process.argv.slice(2), '--out', 'unused'], process.cwd());
if (request === null) throw new Error('This takes the options of npm run train.');
const { corpusPaths, config, backend } = request;

const engine = await openEngine({ browser: false, backend, folder: null });
try {
  const corpus = await engine.loadFiles(corpusPaths, config.data);
  await engine.call('device.probe', { choice: backend });
  const { tokenizer, model, pipeline, training } = settingsFor(request, corpus);
  await engine.call('tokenizer.train', { config: tokenizer });
  const settings: RunSettings = { model, pipeline, training };
  const test = await engine.call('train.range', settings);
  console.log(JSON.stringify({ turn: test?.turn, trials: test?.trials, suggested: test?.suggested }));
  if (test?.suggested == null) throw new Error('The test recommends no rate.');
  for (const factor of AROUND) {
    const learningRate = test.suggested * factor;
    const run = { ...settings, training: { ...training, learningRate }, keepAs: null };
    const { heldOutLoss, heldOutStandardError, unigramLoss } = figuresOf(await engine.call('train.start', run));
    console.log(JSON.stringify({ factor, learningRate, heldOutLoss, heldOutStandardError, unigramLoss }));
  }
} finally {
  await engine.close();
}
