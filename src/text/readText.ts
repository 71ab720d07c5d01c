/** Bytes of a file to text: what is UTF-8 is read, Windows-1252 is converted, and everything else is refused by name. */
import { StudioError } from '../core/errors.ts';
import { decodeWindows1252, isPlausibleWindows1252 } from './windows1252.ts';

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
  const { text, notices } = decode(normalised, name);
  if (!/\S/u.test(text)) throw new StudioError('dataEmpty', `${name} is only white space`, { name });
  return { text, notices };
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
