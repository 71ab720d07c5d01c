/** What lies under a file's name without being that file: pointers, error pages, nothing at all. */
import { refusal, shorten } from './refusals.ts';

/** Bytes that are enough to tell. */
const LOOKED_AT = 2048;

const KINDS: readonly (readonly [RegExp, what: string])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    'is a pointer of Git LFS, not the file: the clone left large files out',
  ],
  [/^# xet version /, 'is a pointer of Xet, not the file: the clone left large files out'],
  [/^<(!doctype html|html|head|body|script)\b/i, 'is a web page (HTML), saved under this name in place of the file'],
  [/^<\?xml\b|^<Error>/, 'is an answer of a server in XML, saved under this name in place of the file'],
];

/** What servers answer in place of a file, in plain words or as the one entry of a JSON. */
const ANSWER =
  /^(?:(Entry not found|Invalid username or password\.?|Repository not found|Not Found|Access denied|Unauthorized|404: Not Found)|\{[^{}]*"(?:error|message|detail)":\s*"([^"]*)"[^{}]*\})\s*$/is;

/**
 * Refuses what is not the file that its name says.
 * @param bytes its first ones, or all
 * @throws StudioError `bundleNotTheFile`
 */
export function refuseNoFile(name: string, bytes: Uint8Array, sizeBytes: number): void {
  if (sizeBytes === 0) throw refusal('bundleNotTheFile', name, '', 'is empty: it has 0 bytes');
  if (sizeBytes > LOOKED_AT && bytes.every((byte) => byte === 0)) {
    throw refusal('bundleNotTheFile', name, '', 'holds nothing but zeros, as a download that was broken off leaves it');
  }
  const start = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT)).trimStart();
  const found = KINDS.find(([pattern]) => pattern.test(start));
  if (found !== undefined) throw refusal('bundleNotTheFile', name, '', found[1]);
  const answer = sizeBytes <= LOOKED_AT ? ANSWER.exec(start) : null;
  if (answer !== null) {
    const said = shorten(answer[1] ?? answer[2] ?? '');
    throw refusal(
      'bundleNotTheFile',
      name,
      '',
      `is an error message of a server (“${said}”), saved in place of the file`,
    );
  }
}
