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
const TOP1_ABOVE = 0.02;

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
    [of('heldOutTop1') >= of('neighbourTop1') + TOP1_ABOVE, 'two points of top-1 above them'],
    [of('heldOutTop5') >= of('neighbourTop5'), 'top-5 not below theirs'],
    [of('heldOutStandardError') < 0.025, 'a standard error below 0.025'],
    [of('heldOutWordTop1') >= of('wordTableTop1'), 'as many words right as neighbour counts'],
    [of('heldOutWordTop5') >= of('wordTableTop5'), 'as many words among five as that table'],
    [stepBelow(of('unigramLoss') - BELOW) <= of('steps') / 10, `${BELOW} under the unigram within a tenth of the run`],
    [stepBelow(of('neighbourLoss')) <= (2 * of('steps')) / 3, 'under the counts within two thirds of the run'],
  ];
  return bars.flatMap(([met, bar]) => (met ? [] : [bar]));
}

/** @returns how many of the runs did not make the bar; each run is told on standard output */
export async function failedLearningRuns({ runs, corpus = SONNETS, backend = 'wasm' }: LearningRuns): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'folio-learning-'));
  let failed = 0;
  try {
    for (const [split, seed] of runs) {
      const out = join(folder, `${split}-${seed}`);
      const args = ['--corpus', corpus, '--out', out, '--onnx', 'none', '--backend', backend];
      const outcome = await runTrain(...args, '--split-seed', split, '--seed', seed);
      if (outcome.code !== 0) throw new Error(outcome.stderr);
      const figures = summaryOf(outcome) as Record<string, number>;
      const missed = shortfalls(figures, out);
      if (missed.length > 0) failed += 1;
      console.log(`split ${split}, seed ${seed}: ${missed.length === 0 ? 'met' : `NOT MET: ${missed.join('; ')}`}`);
      console.log(`  ${JSON.stringify(figures)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failed;
}
