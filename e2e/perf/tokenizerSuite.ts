/** Training of the tokenizer, in a worker of the browser and by the native library, on the same files, turn by turn. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { ROOT } from '../../tools/tools.ts';
import { generateText } from './generatedText.ts';
import type { Oracle } from './oracle.ts';
import type { BenchPage } from './page.ts';
import { watchMemory } from './processMemory.ts';
import { type BenchResult, median } from './results.ts';

const ROUNDS = 5;

interface TokenizerCase {
  readonly shape: string;
  readonly vocabSize: number;
  readonly text: () => string;
}

const CASES: readonly TokenizerCase[] = [
  { shape: 'sonnets', vocabSize: 1024, text: () => readFileSync(join(ROOT, 'public/data/sonnets.txt'), 'utf8') },
  { shape: '1 MB', vocabSize: 8000, text: () => generateText(1e6, 1) },
  { shape: '14 MB', vocabSize: 8000, text: () => generateText(14e6, 2) },
];

/** Under `--full`: one round, with the memory that the page takes meanwhile. */
const LARGE_CASE: TokenizerCase = { shape: '100 MB', vocabSize: 8000, text: () => generateText(100e6, 3) };

/** @param isFull with 100 MB, too. @param folder what the page is served from. @param oracle null where Python is missing */
export async function measureTokenizers(
  page: Page,
  folder: string,
  oracle: Oracle | null,
  isFull: boolean,
): Promise<BenchResult[]> {
  mkdirSync(join(folder, 'texts'), { recursive: true });
  const results: BenchResult[] = [];
  for (const [index, { shape, vocabSize, text }] of (isFull ? [...CASES, LARGE_CASE] : CASES).entries()) {
    const name = `texts/${index}.txt`;
    const path = join(folder, name);
    writeFileSync(path, text());
    const times: Record<'folio' | 'tokenizers', number[]> = { folio: [], tokenizers: [] };
    const memory = watchMemory();
    for (let round = 0; round < (shape === LARGE_CASE.shape ? 1 : ROUNDS); round++) {
      const folio = await page.evaluate(
        ([url, size]) => (globalThis as { bench?: BenchPage }).bench?.trainTokenizer(url, size),
        [new URL(name, page.url()).href, vocabSize] as const,
      );
      if (folio === undefined) throw new Error('the page of the benchmark did not load');
      times.folio.push(folio.ms);
      const native = await oracle?.trainTokenizer(path, vocabSize);
      if (native === undefined) continue;
      if (native.vocabSize !== folio.vocabSize) {
        throw new Error(`${shape}: ${folio.vocabSize} entries, the library has ${native.vocabSize}`);
      }
      times.tokenizers.push(native.ms);
    }
    const peak = memory.stop();
    if (peak !== null) console.error(`  ${shape}: the page's process took ${peak.toFixed(0)} MB at most`);
    results.push(resultOf(shape, 'folio', times.folio));
    if (times.tokenizers.length > 0) results.push(resultOf(shape, 'tokenizers', times.tokenizers));
  }
  return results;
}

function resultOf(shape: string, engine: string, times: readonly number[]): BenchResult {
  return {
    suite: 'tokenizer',
    shape,
    backend: 'cpu',
    engine,
    msPerStep: median(times),
    tokensPerSecond: null,
    dispatches: null,
    submits: null,
    passes: null,
    buffersCreated: null,
    jsMsPerStep: null,
    gpuBytes: null,
  };
}
