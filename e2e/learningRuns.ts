/**
 * The default run on the sonnets, to its end, on several splits and seeds, against the lines that a model has to beat before
 * it can be said to have learned anything.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTrain, SONNETS, summaryOf } from './interop/trainCommand.ts';

/** Nats below the neighbour counts and, early on, below the unigram; points of top-1 above the counts. */
const BELOW = 0.2;
const TOP1_ABOVE = 0.01;

/**
 * Standard error of one run's word accuracies minus the table's, measured on 1,200 words (docs/LEARNING.md, “Words”). It is
 * more than what the default is above the table: one run says little, so that all of them are judged together.
 */
const WORD_BARS = [
  ['heldOutWordTop1', 'wordTableTop1', 0.008],
  ['heldOutWordTop5', 'wordTableTop5', 0.009],
] as const;

export interface LearningRuns {
  /** Split seed and seed of each run. */
  readonly runs: readonly (readonly [string, string])[];
  readonly corpus?: string;
  readonly backend?: string;
}

/** Held-out losses by step. */
function heldOutLosses(folder: string): { step: number; loss: number }[] {
  const [head = '', ...lines] = readFileSync(join(folder, 'metrics.csv'), 'utf8').trimEnd().split('\n');
  const at = head.split(',').indexOf('held_out_loss');
  return lines.flatMap((line) => {
    const cells = line.split(',');
    return cells[at] ? [{ step: Number(cells[0]), loss: Number(cells[at]) }] : [];
  });
}

/** What of the bar a run did not make; empty: all of it. */
function shortfalls(figures: Readonly<Record<string, number>>, folder: string): string[] {
  const of = (key: string): number => figures[key] ?? Number.NaN;
  const losses = heldOutLosses(folder);
  const stepBelow = (line: number): number => losses.find(({ loss }) => loss < line)?.step ?? Number.POSITIVE_INFINITY;
  const bars: readonly (readonly [boolean, string])[] = [
    [of('heldOutLoss') <= of('neighbourLoss') - BELOW, `${BELOW} nats below the neighbour counts`],
    [of('heldOutTop1') >= of('neighbourTop1') + TOP1_ABOVE, 'a point of top-1 above them'],
    [of('heldOutTop5') >= of('neighbourTop5'), 'top-5 not below theirs'],
    [of('heldOutStandardError') < 0.025, 'a standard error below 0.025'],
    [stepBelow(of('unigramLoss') - BELOW) <= of('steps') / 10, `${BELOW} under the unigram within a tenth of the run`],
    [stepBelow(of('neighbourLoss')) <= (2 * of('steps')) / 3, 'under the counts within two thirds of the run'],
  ];
  return bars.flatMap(([met, bar]) => (met ? [] : [bar]));
}

/** Word accuracies that are, over all runs, more than two standard errors below the table's. */
function wordShortfalls(runs: readonly Readonly<Record<string, number>>[]): string[] {
  return WORD_BARS.flatMap(([model, table, error]) => {
    const above =
      runs.reduce((sum, run) => sum + (run[model] ?? Number.NaN) - (run[table] ?? Number.NaN), 0) / runs.length;
    console.log(`${model} minus ${table}, mean of the runs: ${above.toFixed(4)}`);
    return above >= (-2 * error) / Math.sqrt(runs.length) ? [] : [model];
  });
}

/** @returns how many bars were missed: each run has one, the words of all runs another; told on standard output */
export async function failedLearningRuns({ runs, corpus = SONNETS, backend = 'wasm' }: LearningRuns): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'folio-learning-'));
  const done: Readonly<Record<string, number>>[] = [];
  let failed = 0;
  try {
    for (const [split, seed] of runs) {
      const out = join(folder, `${split}-${seed}`);
      const args = ['--corpus', corpus, '--out', out, '--onnx', 'none', '--backend', backend];
      const outcome = await runTrain(...args, '--split-seed', split, '--seed', seed);
      if (outcome.code !== 0) throw new Error(outcome.stderr);
      const figures = summaryOf(outcome) as Record<string, number>;
      done.push(figures);
      const missed = shortfalls(figures, out);
      if (missed.length > 0) failed += 1;
      console.log(`split ${split}, seed ${seed}: ${missed.length === 0 ? 'met' : `NOT MET: ${missed.join('; ')}`}`);
      console.log(`  ${JSON.stringify(figures)}`);
    }
    const missed = wordShortfalls(done);
    if (missed.length > 0) failed += 1;
    console.log(`words: ${missed.length === 0 ? 'met' : `NOT MET: ${missed.join('; ')}`}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failed;
}
