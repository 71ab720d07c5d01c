/** Training steps: engines take turns on the same shape, so that whatever else the machine does meets all of them. */
import type { Page } from '@playwright/test';
import type { BenchBackend, BenchCommand, BenchReply, StepCost } from './benchEngine.ts';
import type { Oracle } from './oracle.ts';
import type { BenchPage, BrowserEngine } from './page.ts';
import { type BenchResult, median } from './results.ts';
import type { BenchShape } from './shapes.ts';

/** `before`: Folio as another checkout has it. */
export type StepEngine = BrowserEngine | 'pytorch' | 'before';

/** Where engines run. */
export interface Places {
  readonly page: Page;
  /** null where Python is missing */
  readonly oracle: Oracle | null;
  /** The benchmark's page of another checkout. */
  readonly before: Page | null;
}

export interface StepCase {
  readonly shape: BenchShape;
  readonly backend: BenchBackend;
  readonly engines: readonly StepEngine[];
  /** Engines that are given one timed step and no warm-up, since a step takes minutes. */
  readonly once?: readonly BrowserEngine[];
}

/** A turn of an engine takes about this long, but at least a step. */
const TURN_MS = 800;
const ROUNDS = 5;
/** Fewer rounds where a single step takes longer than this. */
const SLOW_STEP_MS = 4000;
const SLOW_ROUNDS = 3;
/** After so many steps on the few batches there are, an engine that learns is well below chance. */
const STEPS_TO_LEARN = 40;
const LEARNED_SHARE = 0.9;
/** Steps before the first turn: shaders compile, threads start, buffers fill. */
const WARM_UP_STEPS = 3;

type Say = (words: string) => void;

interface Runner {
  readonly engine: string;
  run(steps: number): Promise<Pick<StepCost, 'msPerStep'> & Partial<StepCost>>;
  end(): Promise<void>;
}

interface Turns {
  readonly runner: Runner;
  /** Of a turn. */
  readonly steps: number;
  readonly rounds: number;
  readonly costs: Partial<StepCost>[];
}

/** Measures one shape on one backend. */
export async function measureCase(places: Places, bench: StepCase, say: Say): Promise<BenchResult[]> {
  const { shape, backend } = bench;
  const measured: Turns[] = [];
  for (const engine of bench.engines) {
    const isOnce = bench.once?.some((name) => name === engine) === true;
    const runner = await start(places, engine, bench);
    if (runner !== null) measured.push(await planTurns(runner, isOnce, say));
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { runner, steps, rounds, costs } of measured) if (round < rounds) costs.push(await runner.run(steps));
  }
  for (const { runner, steps, costs } of measured) {
    await runner.end();
    assertLearns(runner.engine, shape, steps * costs.length, costs.at(-1)?.loss ?? Number.NaN);
  }
  return measured.map(({ runner, costs }) => resultOf(runner.engine, shape, backend, costs));
}

/** Warms an engine up and chooses its turns by what a step takes. @param isOnce one step and no warm-up */
async function planTurns(runner: Runner, isOnce: boolean, say: Say): Promise<Turns> {
  if (isOnce) {
    say(`  ${runner.engine}: one step, no warm-up`);
    return { runner, steps: 1, rounds: 1, costs: [] };
  }
  await runner.run(WARM_UP_STEPS);
  const { msPerStep } = await runner.run(1);
  say(`  ${runner.engine}: about ${msPerStep.toFixed(1)} ms per step`);
  return {
    runner,
    steps: Math.max(1, Math.min(200, Math.floor(TURN_MS / msPerStep))),
    rounds: msPerStep > SLOW_STEP_MS ? SLOW_ROUNDS : ROUNDS,
    costs: [],
  };
}

/** A fast step that learns nothing is no step. */
function assertLearns(engine: string, { vocabSize }: BenchShape, steps: number, loss: number): void {
  const chance = Math.log(vocabSize);
  if (steps < STEPS_TO_LEARN || loss < LEARNED_SHARE * chance) return;
  throw new Error(`${engine} does not learn: a loss of ${loss} after ${steps} steps, where chance is ${chance}`);
}

/** @returns null where there is no place for it */
async function start(places: Places, engine: StepEngine, { shape, backend }: StepCase): Promise<Runner | null> {
  const { oracle } = places;
  if (engine === 'pytorch') {
    if (oracle === null) return null;
    await oracle.create(shape);
    return { engine, run: (steps) => oracle.run(steps), end: async () => undefined };
  }
  const page = engine === 'before' ? places.before : places.page;
  if (page === null) return null;
  const name = engine === 'before' ? 'folio' : engine;
  await ask(page, name, { kind: 'create', shape, backend });
  return {
    engine,
    run: async (steps) => {
      const reply = await ask(page, name, { kind: 'run', steps });
      if (reply.kind !== 'cost') throw new Error(`${engine} answered ${reply.kind}`);
      if (!Number.isFinite(reply.cost.loss)) throw new Error(`${engine}: the loss is ${reply.cost.loss}`);
      return reply.cost;
    },
    end: () => page.evaluate((given) => (globalThis as { bench?: BenchPage }).bench?.end(given), name),
  };
}

async function ask(page: Page, engine: BrowserEngine, command: BenchCommand): Promise<BenchReply> {
  const reply = await page.evaluate(([name, given]) => (globalThis as { bench?: BenchPage }).bench?.ask(name, given), [
    engine,
    command,
  ] as const);
  if (reply === undefined) throw new Error('the page of the benchmark did not load');
  if (reply.kind === 'error') throw new Error(`${engine}: ${reply.message}`);
  return reply;
}

function resultOf(
  engine: string,
  shape: BenchShape,
  backend: BenchBackend,
  costs: readonly Partial<StepCost>[],
): BenchResult {
  const middle = (key: keyof StepCost): number | null => {
    const values = costs.map((cost) => cost[key]).filter((value) => typeof value === 'number');
    return values.length === 0 ? null : median(values);
  };
  const msPerStep = middle('msPerStep') ?? Number.NaN;
  return {
    suite: 'step',
    shape: shape.name,
    backend: engine === 'pytorch' ? 'cpu' : backend,
    engine,
    msPerStep,
    tokensPerSecond: (1000 * shape.batchSize * shape.seqLength) / msPerStep,
    dispatches: middle('dispatches'),
    submits: middle('submits'),
    passes: middle('passes'),
    buffersCreated: middle('buffersCreated'),
    jsMsPerStep: middle('jsMsPerStep'),
    gpuBytes: middle('gpuBytes'),
  };
}
