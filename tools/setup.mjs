/**
 * Entry of every npm script: puts in place what the command needs, then runs it. Plain JavaScript with Node's own modules
 * only, since on a fresh clone nothing is installed yet.
 *
 *     node tools/setup.mjs test
 *     node tools/setup.mjs train --corpus my.txt --out my-bert
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { findChromium } from './chromium.mjs';
import { npmCommand } from './npm.mjs';

const ROOT = resolve(import.meta.dirname, '..');

/** @typedef {{ script: string[], needsChromium: boolean }} Command */

/** Arguments for node after which the person's own follow. @type {Readonly<Record<string, Command>>} */
const COMMANDS = {
  start: { script: ['--import', 'tsx', 'tools/cli.ts', 'start'], needsChromium: false },
  dev: { script: ['node_modules/vite/bin/vite.js'], needsChromium: false },
  train: { script: ['--import', 'tsx', 'tools/cli.ts', 'train'], needsChromium: false },
  score: { script: ['--import', 'tsx', 'tools/cli.ts', 'score'], needsChromium: false },
  check: { script: ['--import', 'tsx', 'tools/check.ts'], needsChromium: false },
  test: { script: ['--import', 'tsx', 'tools/testAll.ts'], needsChromium: true },
  bench: { script: ['--import', 'tsx', 'e2e/perf/bench.ts'], needsChromium: true },
  'test:learning': { script: ['--import', 'tsx', 'e2e/learning.ts'], needsChromium: true },
  'test:long': { script: ['--import', 'tsx', 'e2e/long.ts'], needsChromium: true },
  'test:python': { script: ['--import', 'tsx', 'tools/testPython.ts'], needsChromium: true },
};

/** A sentence that ends the set-up. */
class SetupError extends Error {}

/**
 * Runs a tool whose output the person sees on standard error, so that standard output stays the command's own.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {boolean} [shell] whether it is a script that only a shell runs.
 * @returns {boolean} whether it succeeded.
 */
function runTool(program, args, shell = false) {
  return spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell }).status === 0;
}

/**
 * Runs npm likewise; what it is to leave out stands in `.npmrc`.
 *
 * @param {string[]} words
 * @returns {boolean} whether it succeeded.
 */
function runNpm(...words) {
  const { program, args, shell } = npmCommand(words);
  return runTool(program, args, shell);
}

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lock */

/**
 * npm writes `node_modules/.package-lock.json` as the last act of an install: what it lists is what is there. Packages for
 * other platforms are optional and rightly missing.
 *
 * @returns {boolean} whether node_modules is what package-lock.json asks for.
 */
function dependenciesAreCurrent() {
  const installedPath = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedPath)) return false;
  try {
    const wanted = /** @type {Lock} */ (JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
    const installed = /** @type {Lock} */ (JSON.parse(readFileSync(installedPath, 'utf8')));
    return Object.entries(wanted.packages ?? {}).every(([path, { version, optional }]) => {
      const found = installed.packages?.[path];
      return path === '' || (found ? found.version === version : optional === true);
    });
  } catch {
    // A lock file that can't be read is one that npm has to write again.
    return false;
  }
}

/** Exactly what the lock file says; where a registry lacks a package for some other platform, as near to it as can be. */
function ensureDependencies() {
  if (dependenciesAreCurrent()) return;
  console.error('Installing dependencies (npm ci) …');
  if (runNpm('ci')) return;
  console.error('npm ci failed; trying npm install …');
  if (runNpm('install', '--no-save')) return;
  throw new SetupError('The dependencies could not be installed; npm says why above.');
}

/** Finds a Chromium, else has Playwright download one, else installs Debian's. */
function ensureChromium() {
  if (findChromium() !== null) return;
  if (process.env['FOLIO_CHROMIUM']) {
    throw new SetupError(`FOLIO_CHROMIUM names ${process.env['FOLIO_CHROMIUM']}, but there is no such file.`);
  }
  const isRoot = process.getuid?.() === 0;
  /** @type {[string, string[]][]} */
  const attempts = [
    [
      process.execPath,
      ['node_modules/playwright/cli.js', 'install', '--no-shell', ...(isRoot ? ['--with-deps'] : []), 'chromium'],
    ],
  ];
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    attempts.push([process.execPath, ['node_modules/playwright/cli.js', 'install', '--no-shell', 'chromium']]);
    attempts.push(['apt-get', ['update']], ['apt-get', ['install', '-y', '--no-install-recommends', 'chromium']]);
  }
  console.error('No Chrome or Chromium found: installing one …');
  for (const [program, args] of attempts) {
    runTool(program, args);
    if (findChromium() !== null) return;
  }
  throw new SetupError(
    'No Chromium could be installed. Install Chrome or Chromium, or set FOLIO_CHROMIUM to its path.',
  );
}

/**
 * Runs a command from the root of the project and hands signals on.
 *
 * @param {Command} command
 * @param {string[]} args
 * @returns {Promise<number>} its exit code.
 */
function runCommand({ script }, args) {
  const child = spawn(process.execPath, [...script, ...args], { cwd: ROOT, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolveExit, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolveExit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(`There is no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
    return 2;
  }
  try {
    ensureDependencies();
    const onlyHelp = args.includes('--help') || args.includes('-h');
    if ((command.needsChromium || args.includes('--browser')) && !onlyHelp) ensureChromium();
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    console.error(thrown.message);
    return 1;
  }
  return runCommand(command, args);
}

process.exitCode = await main();
