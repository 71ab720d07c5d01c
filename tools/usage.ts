/** What the person typed wrong, in one sentence, and the checks that several commands share. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BACKEND_NAMES } from '../src/core/device.ts';
import { describeError } from '../src/core/errorSentences.ts';
import { type ErrorCode, messageOf, StudioError } from '../src/core/errors.ts';
import { IS_CLONE } from './tools.ts';

/** How a person runs a command: in a clone by npm, else from the package. @example commandLine('train') === 'npm run train --' */
export function commandLine(command: string): string {
  return IS_CLONE ? `npm run ${command} --` : `npx folio-bert ${command}`;
}

/** Its message is the sentence. */
export class UsageError extends Error {}

/** What `--backend` can be. */
export const BACKENDS = ['auto', ...BACKEND_NAMES] as const;

/** @throws UsageError if the value of an option is none of those that it can be */
export function oneOf<const T extends string>(option: string, value: string, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found === undefined)
    throw new UsageError(`--${option} can’t be "${value}": it must be one of ${names.join(', ')}.`);
  return found;
}

/** What a command line gives. */
export interface Given {
  /** The value of each option: as in most programs, one that is given again replaces the one before. */
  readonly values: Readonly<Partial<Record<string, string>>>;
  /** All that were given. */
  readonly lists: Readonly<Partial<Record<string, readonly string[]>>>;
  readonly help: boolean;
  readonly browser: boolean;
}

/** Reads a command line. @param names of the options with a value @throws UsageError for an option that there is not */
export function readOptions(args: readonly string[], names: readonly string[]): Given {
  const options: NonNullable<ParseArgsConfig['options']> = {
    ...Object.fromEntries(names.map((name) => [name, { type: 'string', multiple: true }])),
    help: { type: 'boolean', short: 'h' },
    browser: { type: 'boolean' },
  };
  try {
    const { help, browser, ...given } = parseArgs({ args: joinNegativeNumbers(args), options }).values;
    const lists = given as Readonly<Record<string, readonly string[]>>;
    const values = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.at(-1)]));
    return { values, lists, help: help === true, browser: browser === true };
  } catch (thrown) {
    // Node's words go on with advice for programmers.
    const [first = ''] = messageOf(thrown).split(/\.\s|\n/);
    throw new UsageError(`${first.replace(/\.$/, '')}.`);
  }
}

/** `--steps -5` is a wrong number, and not two options. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const previous = joined.at(-1);
    const startsValue = /^-[\d.]/.test(arg) && previous?.startsWith('--') && !previous.includes('=');
    if (startsValue) joined[joined.length - 1] = `${previous}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** Codes that are about the input: these, and all of texts and settings. The others are about the machine or about Folio. */
const OTHERS: readonly ErrorCode[] = [
  'modelTooLarge',
  'backendUnavailable',
  'testTooLong',
  'testLongWord',
  'scoreFile',
];
const isOfInput = (code: ErrorCode): boolean => /^data|Settings$/.test(code) || OTHERS.includes(code);

/** How a command ends that failed: one sentence on standard error, and 2 where the input was wrong. */
export function failureOf(thrown: unknown): { readonly exitCode: 1 | 2; readonly sentence: string } {
  if (thrown instanceof UsageError) return { exitCode: 2, sentence: thrown.message };
  if (thrown instanceof StudioError) {
    return { exitCode: isOfInput(thrown.code) ? 2 : 1, sentence: asOneSentence(describeError(thrown.toPlain()).what) };
  }
  return { exitCode: 1, sentence: messageOf(thrown) };
}

/** @example asOneSentence("Steps can't be 0. The value must be from 1 to 9.") === "Steps can't be 0: the value must be from 1 to 9." */
function asOneSentence(text: string): string {
  return text.replace(/\. ([A-Z])/g, (_, letter: string) => `: ${letter.toLowerCase()}`);
}

/** @throws UsageError if files can't be written to that folder, which need not be there yet. */
export function freeOutputFolder(path: string, folder: string): string {
  const full = resolve(folder, path);
  if (path === '') throw new UsageError('--out is empty: name the folder for the trained model.');
  if (existsSync(full) && !statSync(full).isDirectory()) throw new UsageError(`${path} exists and is not a directory.`);
  tryToWrite(full, path);
  return full;
}

/** @throws UsageError if that file can't be written. */
export function writableFile(path: string, folder: string): string {
  const full = resolve(folder, path);
  if (existsSync(full) && !statSync(full).isFile()) throw new UsageError(`${path} exists and is not a file.`);
  tryToWrite(dirname(full), path);
  return full;
}

/** Permissions alone do not tell, so something is written to the nearest folder that is there, and removed again. */
function tryToWrite(full: string, shown: string): void {
  let nearest = full;
  // On Windows the drive itself may not be there.
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    rmSync(mkdtempSync(join(nearest, '.folio-')), { recursive: true });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw new UsageError(`${shown} can’t be written (${code ?? 'for an unknown reason'}).`, { cause: thrown });
  }
}

/** The whole path of what is there. @throws UsageError if nothing is */
export function readablePath(path: string, folder: string): string {
  const full = resolve(folder, path);
  if (!existsSync(full)) throw new UsageError(`${path} not found.`);
  return full;
}
