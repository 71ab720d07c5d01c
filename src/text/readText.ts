/** Bytes of a file to text: what is UTF-8 is read, Windows-1252 is converted, and everything else is refused by name. */
import { StudioError } from '../core/errors.ts';
import { unifyLineEnds } from './lineEnds.ts';

/** Largest text that is read, all files together; callers look at the size before they read. */
export const MAX_TEXT_BYTES = 128 * 2 ** 20;

/** Share of control bytes above which a file is no text. */
const MAX_CONTROL_SHARE = 0.01;

export interface ReadText {
  /** Without byte-order mark, lines ended by "\n". */
  readonly text: string;
  /** What was done to the text that a person should know; one sentence each. */
  readonly notices: string[];
}

/**
 * Reads a text.
 * @param name what a person calls it; goes into the errors' details
 * @throws StudioError `dataTooLarge`, `dataEmpty`, `dataBinary`, `dataNotUtf8`
 */
export function readText(bytes: Uint8Array, name: string): ReadText {
  if (bytes.length > MAX_TEXT_BYTES) {
    const details = { name, sizeBytes: bytes.length, maximumBytes: MAX_TEXT_BYTES };
    throw new StudioError('dataTooLarge', `${name}: ${bytes.length} bytes`, details);
  }
  if (bytes.length === 0) throw new StudioError('dataEmpty', `${name} has no bytes`, { name });
  const census = countBytes(bytes);
  refuseUtf16(bytes, census, name);
  refuseBinary(bytes, census, name);
  const normalised = census.carriageReturns > 0 ? normaliseLineEnds(bytes) : bytes;
  const decoded = decode(normalised, name);
  const { text, notices } = unifyLineEnds(decoded.text, name);
  if (!/\S/u.test(text)) throw new StudioError('dataEmpty', `${name} is only white space`, { name });
  return { text, notices: [...decoded.notices, ...notices] };
}

/** How often the bytes occur that tell what a file is. */
interface ByteCensus {
  readonly carriageReturns: number;
  readonly zerosAtEven: number;
  readonly zerosAtOdd: number;
  /** Control bytes that plain text does not have; 0 among them. */
  readonly controls: number;
}

function countBytes(bytes: Uint8Array): ByteCensus {
  let carriageReturns = 0;
  let controls = 0;
  const zeros = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x20 && byte !== 0x7f) continue;
    if (byte === 0x0d) carriageReturns++;
    else if (byte < 0x09 || byte > 0x0d) controls++;
    if (byte === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  }
  return { carriageReturns, controls, zerosAtEven: zeros[0] as number, zerosAtOdd: zeros[1] as number };
}

/** UTF-16 and UTF-32 by their byte-order marks; UTF-16 without one by its zeros, which lie on one side of every pair. */
function refuseUtf16(bytes: Uint8Array, { zerosAtEven, zerosAtOdd }: ByteCensus, name: string): void {
  const [b0, b1, b2, b3] = bytes;
  let encoding = '';
  if (b0 === 0xff && b1 === 0xfe) encoding = b2 === 0 && b3 === 0 ? 'UTF-32' : 'UTF-16';
  else if (b0 === 0xfe && b1 === 0xff) encoding = 'UTF-16';
  else if (b0 === 0 && b1 === 0 && b2 === 0xfe && b3 === 0xff) encoding = 'UTF-32';
  else {
    const more = Math.max(zerosAtEven, zerosAtOdd);
    const fewer = Math.min(zerosAtEven, zerosAtOdd);
    if (more > 2 && more > 0.1 * (bytes.length / 2) && fewer <= 0.02 * more) encoding = 'UTF-16';
  }
  if (encoding !== '') throw new StudioError('dataNotUtf8', `${name} is ${encoding}`, { name, encoding });
}

function refuseBinary(bytes: Uint8Array, { controls, zerosAtEven, zerosAtOdd }: ByteCensus, name: string): void {
  const isPdf = String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-';
  if (isPdf || zerosAtEven + zerosAtOdd > 0 || controls > MAX_CONTROL_SHARE * bytes.length) {
    throw new StudioError('dataBinary', `${name} holds ${controls} control bytes`, { name, controls });
  }
}

/** "\r\n" and "\r" to "\n", on bytes, since no other character has these bytes in UTF-8 or Windows-1252. */
function normaliseLineEnds(bytes: Uint8Array): Uint8Array {
  const normalised = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x0a && i > 0 && bytes[i - 1] === 0x0d) continue;
    normalised[length++] = byte === 0x0d ? 0x0a : byte;
  }
  return normalised.subarray(0, length);
}

function decode(bytes: Uint8Array, name: string): ReadText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notices: [] };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    if (!isPlausibleWindows1252(bytes)) {
      throw new StudioError('dataNotUtf8', `${name} is not UTF-8`, { name, encoding: 'unknown' }, { cause });
    }
    return {
      text: decodeWindows1252(bytes),
      notices: [
        `“${name}” is not UTF-8; it was read as Windows-1252, the old encoding of Western European text. If letters look wrong, save it as UTF-8 and load it again.`,
      ],
    };
  }
}

/** Characters of the bytes 0x80 to 0x9F; U+FFFD where there is none. The others have their Unicode code. */
const UPPER_CONTROLS =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

/** Bytes decoded at a time: as many arguments as `fromCharCode` takes anywhere. */
const CHUNK = 1 << 13;

/** Windows-1252 by a table: `TextDecoder` of some versions of Node reads it as Latin-1. */
function decodeWindows1252(bytes: Uint8Array): string {
  const parts: string[] = [];
  const codes = new Uint16Array(CHUNK);
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    const length = Math.min(CHUNK, bytes.length - offset);
    for (let i = 0; i < length; i++) {
      const byte = bytes[offset + i] as number;
      codes[i] = byte >= 0x80 && byte < 0xa0 ? UPPER_CONTROLS.charCodeAt(byte - 0x80) : byte;
    }
    parts.push(String.fromCharCode(...codes.subarray(0, length)));
  }
  return parts.join('');
}

/**
 * Whether bytes that are not UTF-8 read like Western European text in Windows-1252: accented letters stand alone among
 * ASCII letters. Cyrillic, Greek and East Asian encodings are mostly bytes from 0x80 on; Central European ones put letters
 * where Windows-1252 has signs such as "³"; damaged UTF-8 is still mostly whole characters.
 */
function isPlausibleWindows1252(bytes: Uint8Array): boolean {
  let asciiLetters = 0;
  let high = 0;
  let inRuns = 0;
  let misplacedSigns = 0;
  let utf8Pairs = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) {
      if (isAsciiLetter(byte)) asciiLetters++;
      continue;
    }
    if (byte < 0xa0 && UPPER_CONTROLS[byte - 0x80] === '\ufffd') return false;
    high++;
    const before = bytes[i - 1] ?? 0;
    const after = bytes[i + 1] ?? 0;
    if (before >= 0xc0 && after >= 0xc0) inRuns++;
    if (isMisplacedSign(byte, before, after)) misplacedSigns++;
    if (before >= 0xc2 && before <= 0xf4 && byte < 0xc0) utf8Pairs++;
  }
  return high <= 0.5 * asciiLetters && inRuns <= 0.05 * high && misplacedSigns <= 0.1 * high && utf8Pairs <= 0.2 * high;
}

function isAsciiLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/**
 * Signs that no word holds: none stands between two letters but soft hyphen and middle dot, and after a letter come only
 * those that mark or end a word, such as "»", "®", "²".
 */
function isMisplacedSign(byte: number, before: number, after: number): boolean {
  if (byte < 0xa1 || byte > 0xbf || byte === 0xad || byte === 0xb7 || !isAsciiLetter(before)) return false;
  return isAsciiLetter(after) || !WORD_ENDS.includes(byte);
}

/** « » © ® ª º ² ³ ´ ¨ ° */
const WORD_ENDS: readonly number[] = [0xab, 0xbb, 0xa9, 0xae, 0xaa, 0xba, 0xb2, 0xb3, 0xb4, 0xa8, 0xb0];
