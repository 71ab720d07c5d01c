/**
 * The benchmark on a graphics card, in Node on Dawn: `prepareGpuBench.ts` bundles it into a folder that needs nothing else. Each
 * shape in a thread of its own, then PyTorch on the same card where Python has it, then a golden run. The closing table and a
 * line of JSON for each measurement go to standard output.
 *
 *     bash run.sh [--seconds N] [--peak TFLOPS] [--shape NAME]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { trainingStepFlops } from '../../src/model/cost.ts';
import { WebWorker } from '../../tools/webWorker.mjs';
import type { BenchCommand, BenchReply, StepCost } from './benchEngine.ts';
import type { ParityReply } from './parityWorker.ts';
import { BATCHES, type BenchShape, benchBatch, CARD_SHAPES, maskedRows, modelConfig } from './shapes.ts';

const HERE = import.meta.dirname;
/** Losses of a golden run may be off by this; as in `test/parity.ts`. */
const ALLOWED_LOSS = 1e-4;

interface Line {
  readonly engine: string;
  readonly shape: string;
  readonly adapter: string;
  readonly msPerStep: number;
}

function startWorker(name: string): { ask<T>(message: unknown): Promise<T>; end(): void } {
  const worker = new WebWorker(new URL(`./${name}.js`, import.meta.url), { gpu: true });
  return {
    ask: <T>(message: unknown) =>
      new Promise<T>((resolve, reject) => {
        worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data));
        worker.onerror = ({ message: words }) => reject(new Error(words));
        worker.postMessage(message);
      }),
    end: () => worker.terminate(),
  };
}

/** Steps for so many seconds, after some to warm up. */
async function measureShape(shape: BenchShape, seconds: number): Promise<Line & Partial<StepCost>> {
  const worker = startWorker('folioWorker');
  const ask = async (command: BenchCommand): Promise<BenchReply> => {
    const reply = await worker.ask<BenchReply>(command);
    if (reply.kind === 'error') throw new Error(reply.message);
    return reply;
  };
  const run = async (steps: number): Promise<StepCost> => {
    const reply = await ask({ kind: 'run', steps });
    if (reply.kind !== 'cost') throw new Error(`answered ${reply.kind}`);
    return reply.cost;
  };
  try {
    const created = await ask({ kind: 'create', shape, backend: 'webgpu' });
    await run(3);
    const { msPerStep } = await run(1);
    const cost = await run(Math.max(1, Math.floor((1000 * seconds) / msPerStep)));
    const adapter = created.kind === 'adapter' ? created.adapter : '';
    return { engine: 'folio', shape: shape.name, adapter, ...cost };
  } finally {
    worker.end();
  }
}

/** PyTorch's lines; none where Python lacks it. */
function measureTorch(shapes: readonly BenchShape[], seconds: number): Line[] {
  const spec = shapes.map((shape) => {
    const batches = Array.from({ length: BATCHES }, (_, index) => benchBatch(shape, index + 1));
    const plain = batches.map((batch) =>
      Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, [...values]])),
    );
    return { ...shape, batches: plain };
  });
  const python = process.env['FOLIO_PYTHON'] ?? 'python3';
  const { stdout, status } = spawnSync(python, [join(HERE, 'gpuBench.py'), String(seconds)], {
    input: JSON.stringify(spec),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (status !== 0) console.error('PyTorch is skipped: Python has no torch and transformers here.');
  const lines = (stdout ?? '').split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Line);
}

/** @param peak operations a second that the card can do; null: not known */
function rowOf({ engine, shape, msPerStep }: Line, shapes: readonly BenchShape[], peak: number | null): string[] {
  const own = shapes.find(({ name }) => name === shape);
  if (own === undefined) return [];
  const batch = { batchSize: own.batchSize, seqLength: own.seqLength, maskedRows: maskedRows(own) };
  const perSecond = (1000 * trainingStepFlops(modelConfig(own), own.vocabSize, batch)) / msPerStep;
  const tokens = Math.round((1000 * own.batchSize * own.seqLength) / msPerStep);
  const share = peak === null ? '' : `${((100 * perSecond) / peak).toFixed(1)}%`;
  return [shape, engine, msPerStep.toFixed(3), tokens.toLocaleString('en'), (perSecond / 1e12).toPrecision(3), share];
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const head = ['shape', 'engine', 'ms per step', 'tokens/s', 'Tflop/s', 'of the peak'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function bench(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seconds: text, peak: text, shape: text } });
  const seconds = Number(values.seconds ?? 3);
  const peak = values.peak === undefined ? null : 1e12 * Number(values.peak);
  const shapes = CARD_SHAPES.filter(({ name }) => name === (values.shape ?? name));
  const parity = startWorker('parityWorker');
  const golden = await parity.ask<ParityReply>(null);
  parity.end();
  console.log(JSON.stringify(golden));
  const lines: Line[] = [];
  for (const shape of shapes) {
    lines.push(await measureShape(shape, seconds));
    console.log(JSON.stringify(lines.at(-1)));
  }
  for (const line of measureTorch(shapes, seconds)) {
    lines.push(line);
    console.log(JSON.stringify(line));
  }
  console.log(`\n${golden.adapter}, kernels ${golden.kernelStyle}, Node ${process.version}\n`);
  console.log(tableOf(lines.map((line) => rowOf(line, shapes, peak))));
  const agrees = golden.lossDifference < ALLOWED_LOSS;
  const verdict = `${golden.steps} AdamW steps: losses are off from PyTorch's by ${golden.lossDifference.toExponential(1)}`;
  console.log(`${verdict} at most, ${agrees ? 'as they should' : `MORE than ${ALLOWED_LOSS}`}.`);
  return agrees ? 0 : 1;
}

process.exit(await bench());
