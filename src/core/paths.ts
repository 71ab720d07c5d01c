/** Paths of files that somebody brings, in a folder or an archive. */
import { messageOf } from './errors.ts';

/** A path as the rest of Folio writes it: zips of Windows have backslashes, and a tar begins at “./”. */
export const plainPath = (path: string): string => path.replaceAll('\\', '/').replace(/^(\.\/)+/, '');

/** What file managers, notebooks and version control put beside a person's files. */
const LITTER = /(^|\/)(__MACOSX|\.git|\.ipynb_checkpoints)\/|(^|\/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

export const isLitter = (path: string): boolean => LITTER.test(path);

/** What went wrong with a file, for the middle of a sentence. */
export function reasonOf(thrown: unknown): string {
  return messageOf(thrown).replace(/\.$/, '');
}
