/** What the benchmark writes: one entry for each engine and shape, as a table and as JSON. */

export interface BenchResult {
  readonly suite: 'step' | 'tokenizer';
  readonly shape: string;
  /** `cpu` outside of the browser. */
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  readonly engine: string;
  /** Median; of a tokenizer, the whole training. */
  readonly msPerStep: number;
  readonly tokensPerSecond: number | null;
  readonly dispatches: number | null;
  readonly submits: number | null;
  readonly passes: number | null;
  readonly buffersCreated: number | null;
  readonly jsMsPerStep: number | null;
  readonly gpuBytes: number | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

const COLUMNS: readonly [string, (result: BenchResult, folio: BenchResult | undefined) => string][] = [
  ['suite', ({ suite }) => suite],
  ['shape', ({ shape }) => shape],
  ['backend', ({ backend }) => backend],
  ['engine', ({ engine }) => engine],
  ['ms', ({ msPerStep }) => figure(msPerStep, msPerStep < 10 ? 2 : 1)],
  ['against folio', ({ msPerStep }, folio) => (folio ? `${figure(msPerStep / folio.msPerStep, 2)} x` : '')],
  ['tokens/s', ({ tokensPerSecond }) => figure(tokensPerSecond, 0)],
  ['dispatches', ({ dispatches }) => figure(dispatches, 0)],
  ['submits', ({ submits }) => figure(submits, 1)],
  ['passes', ({ passes }) => figure(passes, 1)],
  ['buffers', ({ buffersCreated }) => figure(buffersCreated, 1)],
  ['js ms', ({ jsMsPerStep }) => figure(jsMsPerStep, 2)],
  ['MB', ({ gpuBytes }) => figure(gpuBytes === null ? null : gpuBytes / 1e6, 1)],
];

function figure(value: number | null, digits: number): string {
  return value === null ? '' : value.toFixed(digits);
}

/** A table of text, with every engine beside Folio on the same shape (PyTorch beside the backend measured with it). */
export function tableOf(results: readonly BenchResult[]): string {
  const rows = results.map((result, index) => {
    // The entries of one case follow each other, Folio's first.
    const folio = results.slice(0, index + 1).findLast(({ engine }) => engine === 'folio');
    return COLUMNS.map(([, cell]) => cell(result, folio));
  });
  const all = [COLUMNS.map(([title]) => title), ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) => row.map((cell, column) => (column < 4 ? cell.padEnd : cell.padStart).call(cell, widths[column] ?? 0)))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}
