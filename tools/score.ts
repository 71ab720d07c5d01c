/**
 * `npm run score`: scores a trained model on a file of cloze tests or minimal pairs, with the page's own engine. One line of
 * JSON goes to standard output, each item's result to a CSV file if one is named.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import type { BackendChoice } from '../src/core/device.ts';
import { scoredCsv } from '../src/files/scoreItems.ts';
import { openEngine } from './openEngine.ts';
import { createProgress } from './progress.ts';
import { BACKENDS, commandLine, oneOf, readablePath, readOptions, UsageError, writableFile } from './usage.ts';

const HELP = `${commandLine('score')} --model PATH --file FILE [--out FILE] [--backend NAME] [--browser]

  --model PATH     folder or archive of the model
  --file FILE      items, CSV, TSV or JSON Lines: “text” with one <mask> and the correct “word”; or “good” and “bad”, two sentences
  --out FILE       each item’s result, as CSV
  --backend NAME   device: ${BACKENDS.join(', ')} [auto]
  --browser        run in headless Chromium instead of Node

A cloze test is correct if the word is the likeliest of all words, however many tokens they have; a pair if the good
sentence has the higher pseudo-log-likelihood. The closing line has the accuracy and its 95% confidence interval.`;

interface ScoreRequest {
  readonly model: string;
  readonly file: string;
  readonly out: string | null;
  readonly backend: BackendChoice;
  readonly browser: boolean;
}

/** @returns null if help was asked for. @throws UsageError */
function requestOf(args: readonly string[], folder: string): ScoreRequest | null {
  const { values, help, browser } = readOptions(args, ['model', 'file', 'out', 'backend']);
  if (help) return null;
  const there = (option: string): string => {
    const path = values[option] ?? '';
    if (path === '') throw new UsageError(`--${option} is missing.`);
    return readablePath(path, folder);
  };
  return {
    model: there('model'),
    file: there('file'),
    out: values['out'] === undefined ? null : writableFile(values['out'], folder),
    backend: oneOf('backend', values['backend'] ?? 'auto', BACKENDS),
    browser,
  };
}

async function score({ model, file, out, backend, browser }: ScoreRequest): Promise<void> {
  const engine = await openEngine({ browser, backend, folder: null });
  try {
    await engine.call('device.probe', { choice: backend });
    await engine.openModel(model);
    const name = basename(file);
    const progress = createProgress(process.stderr, () => performance.now());
    await engine.subscribe('test.scoreProgress', ({ done, total }) =>
      progress.update(`${done} of ${total} items scored`),
    );
    const scored = await engine.call('test.score', { name, content: readFileSync(file, 'utf8') });
    if (scored === null) throw new Error('nobody cancels it here');
    const { items, share, low, high } = scored;
    if (out !== null) writeFileSync(out, scoredCsv(items));
    const correct = items.filter((item) => item.right).length;
    console.log(JSON.stringify({ items: items.length, correct, accuracy: share, low95: low, high95: high }));
  } finally {
    await engine.close();
  }
}

/** @returns the exit code */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const request = requestOf(args, folder);
  if (request === null) console.log(HELP);
  else await score(request);
  return 0;
}
