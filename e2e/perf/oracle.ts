/** PyTorch and the native tokenizers library, in a Python process beside the browser. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../tools/tools.ts';
import { BATCHES, type BenchShape, benchBatch, trainingConfig } from './shapes.ts';

export interface Oracle {
  create(shape: BenchShape): Promise<void>;
  run(steps: number): Promise<{ readonly msPerStep: number; readonly loss: number }>;
  trainTokenizer(path: string, vocabSize: number): Promise<{ readonly ms: number; readonly vocabSize: number }>;
  close(): void;
}

/** Starts `benchOracle.py` on one thread. */
export function startOracle(python: string): Oracle {
  const child = spawn(python, [join(ROOT, 'e2e/python/benchOracle.py')], {
    env: { ...process.env, OMP_NUM_THREADS: '1', RAYON_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' },
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  const ask = lineByLine(child, () => words);
  return {
    create: async (shape) => {
      const batches = Array.from({ length: BATCHES }, (_, index) => {
        const { inputIds, labels, positions } = benchBatch(shape, index + 1);
        return { inputIds: [...inputIds], labels: [...labels], positions: [...positions] };
      });
      await ask({ kind: 'create', shape, batches, training: trainingConfig(shape) });
    },
    run: (steps) => ask({ kind: 'run', steps }),
    trainTokenizer: (path, vocabSize) => ask({ kind: 'tokenizer', path, vocabSize }),
    close: () => child.kill(),
  };
}

/** One question, one answer, one after the other. */
function lineByLine(child: ChildProcessWithoutNullStreams, words: () => string) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async <T>(command: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`benchOracle.py ended.\n${words()}`);
    return JSON.parse(value) as T;
  };
}
