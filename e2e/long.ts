/**
 * `npm run test:long`: what takes too long for every change. A run whose browser is killed 20 times ends with the bytes of
 * one that was left alone; 20,000 steps hold no more at their end than at their start; the default run learns what it
 * should; 52,000 damaged bundles do no harm. `--kills 3`, `--steps 2000` and `--seed 7` make it another length.
 */
import process from 'node:process';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { ensureBuild } from '../src/cli/build.ts';
import { countsLine } from '../src/cli/counts.ts';
import { serveApp } from '../src/cli/serve.ts';
import { runTool } from '../src/cli/tools.ts';
import { createRng } from '../src/core/rng.ts';
import { type Kill, runWithKills } from './killedRun.ts';
import { failedLearningRuns } from './learningRuns.ts';
import { type LongRunFigures, runLong } from './longRun.ts';

const KILLED_STEPS = 400;
/** Growth from the middle of a long run to its end that is measurement noise. */
const NOISE_SHARE = 0.1;
const NOISE_BYTES = 4 * 2 ** 20;
/** What a step's figures may cost, in memory and on the disk. */
const POINT_BYTES = 300;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    steps: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});

/** Random moments of a run: after a random step, a random part of a second later. */
function drawKills(count: number, seed: number): Kill[] {
  const rng = createRng(seed);
  const steps = Array.from({ length: count }, () => rng.int(KILLED_STEPS - 1)).sort((a, b) => a - b);
  return steps.map((step) => ({ step, afterMs: rng.int(1500) }));
}

async function killTest(url: string): Promise<boolean> {
  const sizes = { steps: KILLED_STEPS, evalEvery: 50, saveEvery: 1, hiddenSize: 64, batchSize: 16 };
  const options = { ...sizes, url, backend: 'wasm', say: (line: string) => console.log(`  ${line}`) } as const;
  const kills = drawKills(Number(values.kills), Number(values.seed));
  console.log(`${kills.length} kills at random moments (seed ${values.seed}) of a run of ${KILLED_STEPS} steps`);
  const killed = await runWithKills({ ...options, kills });
  const whole = await runWithKills({ ...options, kills: [] });
  let same = true;
  for (const part of ['hashes', 'points', 'heldOut'] as const) {
    const equal = isDeepStrictEqual(killed[part], whole[part]);
    console.log(`  ${part}: ${equal ? 'the same' : 'DIFFERENT'}`);
    same &&= equal;
  }
  return same && killed.points.length === KILLED_STEPS;
}

async function longTest(url: string): Promise<boolean> {
  console.log(`${values.steps} steps of micro`);
  const figures = await runLong(url, Number(values.steps));
  console.table(figures);
  const [, middle, end] = figures;
  if (middle === undefined || end === undefined) return false;
  const allowed = (before: number): number =>
    before * (1 + NOISE_SHARE) + NOISE_BYTES + POINT_BYTES * (end.points - middle.points);
  const grew = (['tensorBytes', 'trainerBytes', 'heapBytes', 'storedBytes'] as const).filter(
    (name: keyof LongRunFigures) => end[name] > allowed(middle[name]),
  );
  for (const name of grew) console.log(`  ${name} GREW`);
  if (end.tensors > middle.tensors) console.log('  tensors GREW');
  return grew.length === 0 && end.tensors <= middle.tensors;
}

/** Ten times the damaged bundles of the unit tests. */
async function fuzzTest(): Promise<boolean> {
  const args = ['run', '--project', 'unit', 'src/core/import/fuzz.test.ts'];
  const { code } = await runTool('vitest', args, { output: 'show', env: { FOLIO_FUZZ: '10' } });
  return code === 0;
}

/** The default learns more than the tables know, on a split that was used while choosing and on two that were not. */
async function learningTest(): Promise<boolean> {
  const runs = ['1', '2', '3'].map((seed) => [seed, seed] as const);
  return (await failedLearningRuns({ runs })) === 0;
}

async function longTests(): Promise<number> {
  await ensureBuild();
  const app = await serveApp(4300);
  let failed = 0;
  try {
    for (const test of [killTest, longTest, learningTest, fuzzTest]) {
      const passed = await test(app.url).catch((thrown: unknown) => {
        console.error(thrown);
        return false;
      });
      if (!passed) failed += 1;
    }
  } finally {
    await app.close();
  }
  console.log(countsLine({ passed: 4 - failed, failed }));
  return failed === 0 ? 0 : 1;
}

process.exitCode = await longTests();
