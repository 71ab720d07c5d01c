/** The benchmark's page: one worker for each engine, asked from Node. */
import type { BenchCommand, BenchReply } from './benchEngine.ts';
import type { TokenizerCost } from './tokenizerWorker.ts';

const workers = {
  folio: () => new Worker(new URL('./folioWorker.ts', import.meta.url), { type: 'module' }),
  'tfjs-stock': () => new Worker(new URL('./stockWorker.ts', import.meta.url), { type: 'module' }),
  'jax-js': () => new Worker(new URL('./jaxWorker.ts', import.meta.url), { type: 'module' }),
} as const;

export type BrowserEngine = keyof typeof workers;

const started = new Map<BrowserEngine, Worker>();

function workerOf(engine: BrowserEngine): Worker {
  const worker = started.get(engine) ?? workers[engine]();
  started.set(engine, worker);
  return worker;
}

function ask<T>(worker: Worker, message: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<T>) => resolve(data);
    worker.onerror = ({ message: words }) => reject(new Error(words));
    worker.postMessage(message);
  });
}

export interface BenchPage {
  ask(engine: BrowserEngine, command: BenchCommand): Promise<BenchReply>;
  /** Ends an engine's worker, and frees all that it holds. */
  end(engine: BrowserEngine): void;
  trainTokenizer(textUrl: string, vocabSize: number): Promise<TokenizerCost>;
}

declare global {
  var bench: BenchPage | undefined;
}

globalThis.bench = {
  ask: (engine, command) => ask<BenchReply>(workerOf(engine), command),
  end: (engine) => {
    started.get(engine)?.terminate();
    started.delete(engine);
  },
  trainTokenizer: async (textUrl, vocabSize) => {
    const worker = new Worker(new URL('./tokenizerWorker.ts', import.meta.url), { type: 'module' });
    try {
      return await ask<TokenizerCost>(worker, { textUrl, vocabSize });
    } finally {
      worker.terminate();
    }
  },
};
