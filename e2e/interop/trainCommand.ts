/** Runs `npm run train` as a person would, through the set-up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';

const ROOT = resolve(import.meta.dirname, '../..');
export const SONNETS = resolve(ROOT, 'public/data/sonnets.txt');

export interface TrainOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningTrain {
  readonly process: ChildProcess;
  readonly outcome: Promise<TrainOutcome>;
  /** Resolves when standard error holds the text. @throws Error if the command ends without it */
  said(text: string): Promise<void>;
  /** Ends it as a crash would: nothing of it has time for anything. */
  crash(): Promise<void>;
}

/** Starts the command. */
export function startTrain(...args: string[]): RunningTrain {
  // A group of its own, so that a crash takes the process behind the set-up as well.
  const child = spawn(process.execPath, ['tools/setup.mjs', 'train', ...args], {
    cwd: ROOT,
    stdio: 'pipe',
    detached: true,
  });
  let [stdout, stderr] = ['', ''];
  const waiting: { text: string; tell: () => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
    for (const { text, tell } of waiting) if (stderr.includes(text)) tell();
  });
  const outcome = new Promise<TrainOutcome>((done, reject) => {
    child.on('error', reject);
    child.on('close', (code) => done({ code: code ?? -1, stdout, stderr }));
  });
  const said = (text: string): Promise<void> => {
    const heard = new Promise<void>((tell) => {
      if (stderr.includes(text)) tell();
      else waiting.push({ text, tell });
    });
    const ended = outcome.then(({ code }) => {
      throw new Error(`The command has ended with ${code} and never said “${text}”:\n${stderr}`);
    });
    return Promise.race([heard, ended]);
  };
  const crash = async (): Promise<void> => {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await outcome;
  };
  return { process: child, outcome, said, crash };
}

/** Runs the command to its end. */
export function runTrain(...args: string[]): Promise<TrainOutcome> {
  return startTrain(...args).outcome;
}

/** What the last line of standard output says. */
export function summaryOf({ stdout }: TrainOutcome): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
