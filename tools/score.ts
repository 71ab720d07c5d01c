/**
 * `npm run score`: scores a trained model on a file of cloze tests or minimal pairs, with the page's own engine. One line of
 * JSON goes to standard output, each item's result to a CSV file if one is named.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { BACKEND_NAMES, type BackendChoice } from '../src/core/device.ts';
import { scoredCsv } from '../src/files/scoreItems.ts';
import { openEngine } from './openEngine.ts';
import { createProgress } from './progress.ts';
import { commandLine, failureOf, readablePath, UsageError, writableFile } from './usage.ts';

const CHOICES = ['auto', ...BACKEND_NAMES] as const;

const HELP = `${commandLine('score')} --model DIR --file FILE [--out FILE] [--backend NAME] [--browser]

  --model DIR      folder or zip of the model
  --file FILE      items, CSV, TSV or JSONL: “text” with one <mask> and the right “word”; or “good” and “bad”, two sentences
  --out FILE       each item's result, as CSV
  --backend NAME   ${CHOICES.join(', ')} [auto]
  --browser        in a headless Chromium, and not in Node

A cloze test is right if the word is the likeliest of all words, whatever number of tokens they have; a pair if the good
sentence has the higher pseudo-log-likelihood. The closing line has the share of right items and its 95% interval.`;

interface ScoreRequest {
  readonly model: string;
  readonly file: string;
  readonly out: string | null;
  readonly backend: BackendChoice;
  readonly browser: boolean;
}

/** @throws UsageError */
function requestOf(args: readonly string[], folder: string): ScoreRequest {
  const string = { type: 'string' } as const;
  const browser = args.includes('--browser');
  let values: { [option: string]: string | undefined };
  try {
    ({ values } = parseArgs({
      args: args.filter((arg) => arg !== '--browser'),
      options: { model: string, file: string, out: string, backend: string },
    }));
  } catch (thrown) {
    throw new UsageError(failureOf(thrown).sentence, { cause: thrown });
  }
  const { model, file, out, backend = 'auto' } = values;
  const there = (path: string | undefined, option: string): string => {
    if (path === undefined || path === '') throw new UsageError(`--${option} is missing.`);
    return readablePath(path, folder);
  };
  const choice = CHOICES.find((name) => name === backend);
  if (choice === undefined) throw new UsageError(`--backend can't be ${backend}. It can be ${CHOICES.join(', ')}.`);
  return {
    model: there(model, 'model'),
    file: there(file, 'file'),
    out: out === undefined ? null : writableFile(out, folder),
    backend: choice,
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
    const right = items.filter((item) => item.right).length;
    console.log(JSON.stringify({ items: items.length, right, accuracy: share, low95: low, high95: high }));
  } finally {
    await engine.close();
  }
}

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  try {
    await score(requestOf(args, process.env['INIT_CWD'] ?? process.cwd()));
    return 0;
  } catch (thrown) {
    const { exitCode, sentence } = failureOf(thrown);
    console.error(sentence);
    return exitCode;
  }
}
