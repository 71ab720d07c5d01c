#!/usr/bin/env node
/** Folio's commands, as npm's scripts and `npx folio-bert` run them: `train`, `score`, `start`. */
import process from 'node:process';
import { failureOf } from './usage.ts';

/** @param folder that paths are relative to @returns the exit code */
type Main = (args: readonly string[], folder: string) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly what: string; readonly load: () => Promise<{ main: Main }> }>> = {
  train: { what: 'trains a model on a text', load: () => import('./train.ts') },
  score: { what: 'scores a model on cloze tests or minimal pairs', load: () => import('./score.ts') },
  start: { what: 'serves the page and opens it', load: () => import('./start.ts') },
};

async function run([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) {
    try {
      return await (await command.load()).main(args, process.env['INIT_CWD'] ?? process.cwd());
    } catch (thrown) {
      const { exitCode, sentence } = failureOf(thrown);
      console.error(sentence);
      return exitCode;
    }
  }
  const asked = name === '--help' || name === '-h';
  const lines = Object.entries(COMMANDS).map(([known, { what }]) => `  ${known.padEnd(8)}${what}`);
  const first = name === '' || asked ? 'Folio trains a BERT from scratch.' : `There is no command "${name}".`;
  const text = [first, '', ...lines, '', 'With --help, each lists its options.'].join('\n');
  (asked ? console.log : console.error)(text);
  return asked ? 0 : 2;
}

process.exit(await run(process.argv.slice(2)));
