/** What the person typed wrong, in one sentence, and the checks that several commands share. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describeError } from '../src/core/errorSentences.ts';
import { type ErrorCode, messageOf, StudioError } from '../src/core/errors.ts';
import { IS_CLONE } from './tools.ts';

/** How a person runs a command: in a clone by npm, else from the package. @example commandLine('train') === 'npm run train --' */
export function commandLine(command: string): string {
  return IS_CLONE ? `npm run ${command} --` : `npx folio-bert ${command}`;
}

/** Its message is the sentence. */
export class UsageError extends Error {}

/** Codes that are about the input; the others are about the machine or about Folio. */
const INPUT_CODES: ReadonlySet<ErrorCode> = new Set([
  'dataEmpty',
  'dataBinary',
  'dataNotUtf8',
  'dataKind',
  'dataFormat',
  'dataChoice',
  'dataTooLarge',
  'dataTooShort',
  'dataUnreadable',
  'dataSettings',
  'tokenizerSettings',
  'pipelineSettings',
  'modelSettings',
  'trainingSettings',
  'modelTooLarge',
  'backendUnavailable',
  'testTooLong',
  'testLongWord',
  'scoreFile',
]);

/** How a command ends that failed: one sentence on standard error, and 2 where the input was wrong. */
export function failureOf(thrown: unknown): { readonly exitCode: 1 | 2; readonly sentence: string } {
  if (thrown instanceof UsageError) return { exitCode: 2, sentence: thrown.message };
  if (thrown instanceof StudioError) {
    const exitCode = INPUT_CODES.has(thrown.code) ? 2 : 1;
    return { exitCode, sentence: asOneSentence(describeError(thrown.toPlain()).what) };
  }
  return { exitCode: 1, sentence: messageOf(thrown) };
}

/** @example asOneSentence("Steps can't be 0. It must be from 1 to 9.") === "Steps can't be 0: it must be from 1 to 9." */
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
    throw new UsageError(`${shown} can't be written (${code ?? 'for an unknown reason'}).`, { cause: thrown });
  }
}

/** The whole path of what is there. @throws UsageError if nothing is */
export function readablePath(path: string, folder: string): string {
  const full = resolve(folder, path);
  if (!existsSync(full)) throw new UsageError(`${path} not found.`);
  return full;
}
