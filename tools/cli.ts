#!/usr/bin/env node
/** Folio's commands, as npm's scripts and `npx folio-bert` run them: `train`, `score`, `start`. */
import process from 'node:process';

type Main = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly what: string; readonly load: () => Promise<{ main: Main }> }>> = {
  train: { what: 'trains a model on a text', load: () => import('./train.ts') },
  score: { what: 'scores a model on cloze tests or minimal pairs', load: () => import('./score.ts') },
  start: { what: 'serves the page and opens it', load: () => import('./start.ts') },
};

async function run([name = '', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return (await command.load()).main(args);
  const asked = name === '--help' || name === '-h';
  const lines = Object.entries(COMMANDS).map(([known, { what }]) => `  ${known.padEnd(8)}${what}`);
  const first = name === '' || asked ? 'Folio trains a BERT from scratch.' : `There is no command "${name}".`;
  const text = [first, '', ...lines, '', 'With --help, each lists its options.'].join('\n');
  (asked ? console.log : console.error)(text);
  return asked ? 0 : 2;
}

process.exit(await run(process.argv.slice(2)));
