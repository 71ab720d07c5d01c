/**
 * `npm run test:long`: what takes too long for every change. A run whose browser is killed 20 times ends with the bytes of
 * one that was left alone; 20,000 steps hold no more at their end than at their start; the default run learns what it
 * should; 110,000 damaged bundles do no harm; and the journeys and the tests of the engine that take minutes. `--kills 3`,
 * `--steps 2000` and `--seed 7` make it another length. With `--minutes 20` it begins only what that is enough for, and names
 * the rest.
 */
import process from 'node:process';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { createRng } from '../src/core/rng.ts';
import { ensureBuild } from '../tools/build.ts';
import { countsLine } from '../tools/counts.ts';
import { serveApp } from '../tools/serve.ts';
import { runTool } from '../tools/tools.ts';
import { type Kill, runWithKills } from './killedRun.ts';
import { failedLearningRuns } from './learningRuns.ts';
import { type LongRunFigures, runLong } from './longRun.ts';

const KILLED_STEPS = 3000;
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
    minutes: { type: 'string', default: 'Infinity' },
  },
});

/** Random moments of a run: after a random step, a random part of a second later. */
function drawKills(count: number, seed: number): Kill[] {
  const rng = createRng(seed);
  const steps = Array.from({ length: count }, () => rng.int(KILLED_STEPS - 1)).sort((a, b) => a - b);
  return steps.map((step) => ({ step, afterMs: rng.int(1500) }));
}

async function killTest(url: string): Promise<boolean> {
  const sizes = { steps: KILLED_STEPS, evalEvery: 250, saveEvery: 1, hiddenSize: 64, batchSize: 16 };
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
  const args = ['run', '--project', 'unit', 'src/files/fuzz.test.ts'];
  const { code } = await runTool('vitest', args, { output: 'show', env: { FOLIO_FUZZ: '10' } });
  return code === 0;
}

/** The default learns more than the tables know, on a split that was used while choosing and on two that were not. */
async function learningTest(): Promise<boolean> {
  const runs = ['1', '2', '3'].map((seed) => [seed, seed] as const);
  return (await failedLearningRuns({ runs })) === 0;
}

/** Journeys that take minutes: one click with all the defaults, a text of 100 MB. */
async function journeysTest(): Promise<boolean> {
  const { code } = await runTool('playwright', ['test', '--project', 'long'], { output: 'show' });
  return code === 0;
}

/** What of the engine's tests in the browser is slow by its nature. */
async function gpuTest(): Promise<boolean> {
  const { code } = await runTool('vitest', ['run', '--project', 'gpu-long', '--passWithNoTests'], { output: 'show' });
  return code === 0;
}

interface Part {
  readonly name: string;
  /** About how long it takes on two cores. */
  readonly minutes: number;
  readonly run: (url: string) => Promise<boolean>;
}

const PARTS: readonly Part[] = [
  { name: 'damaged bundles', minutes: 4, run: fuzzTest },
  { name: 'slow tests of the engine', minutes: 5, run: gpuTest },
  { name: 'long journeys', minutes: 9, run: journeysTest },
  { name: 'a run of many steps', minutes: 6, run: longTest },
  { name: 'a browser that is killed', minutes: 8, run: killTest },
  { name: 'what the default learns', minutes: 35, run: learningTest },
];

/** Runs what the time is enough for. @returns the parts that failed, and those that did not get a turn */
async function runParts(url: string): Promise<{ failed: string[]; left: Part[] }> {
  const startedMs = performance.now();
  const [failed, left]: [string[], Part[]] = [[], []];
  for (const part of PARTS) {
    const passedMinutes = (performance.now() - startedMs) / 60_000;
    if (passedMinutes + part.minutes > Number(values.minutes)) {
      left.push(part);
      continue;
    }
    console.log(`\n── ${part.name} ──`);
    const passed = await part.run(url).catch((thrown: unknown) => {
      console.error(thrown);
      return false;
    });
    if (!passed) failed.push(part.name);
  }
  return { failed, left };
}

async function longTests(): Promise<number> {
  if (!(Number(values.minutes) >= 0)) throw new Error(`--minutes can’t be "${values.minutes}": it needs a number.`);
  await ensureBuild();
  const app = await serveApp(4300);
  try {
    const { failed, left } = await runParts(app.url);
    for (const name of failed) console.log(`FAILED: ${name}`);
    for (const { name, minutes } of left) console.log(`no time for: ${name} (about ${minutes} minutes)`);
    console.log(countsLine({ passed: PARTS.length - left.length - failed.length, failed: failed.length }));
    return failed.length === 0 ? 0 : 1;
  } finally {
    await app.close();
  }
}

process.exitCode = await longTests();
