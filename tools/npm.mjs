/** How npm is started. Plain JavaScript with Node's own modules only, since the set-up runs it before anything is installed. */
import process from 'node:process';

/**
 * On Windows npm is a script, which only a shell runs; and a shell gets one line, since Node warns of arguments beside it.
 *
 * @param {readonly string[]} args words without spaces or quotes.
 * @param {string} platform as `process.platform` names it.
 * @returns {{ program: string, args: readonly string[], shell: boolean }} for `spawn`.
 */
export function npmCommand(args, platform = process.platform) {
  return platform === 'win32'
    ? { program: ['npm', ...args].join(' '), args: [], shell: true }
    : { program: 'npm', args, shell: false };
}
