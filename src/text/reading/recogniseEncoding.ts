/** Which encoding a file is in: by its mark, by its zeros, by what it declares, by whether it is UTF-8, and else by its letters. */
import { decodeBytes, ENCODING_NAMES, type EncodingName, findEncoding, isUtf8, walkBeyondAscii } from './encodings.ts';
import { plausibility } from './plausibility.ts';

export interface RecognisedEncoding {
  readonly encoding: EncodingName;
  /** What else it may be, likeliest first; `encoding` leads. */
  readonly encodings: readonly EncodingName[];
  /** Others that read the very same text. */
  readonly same: readonly EncodingName[];
  /** How sure it is: `mark` and `utf-8` are certain, `declared` is what the file says, `letters` is a guess. */
  readonly by: 'mark' | 'utf-8' | 'zeros' | 'declared' | 'letters';
  /** Of the guess: about 1 for a text, 0 for what is none. */
  readonly score: number;
}

/** Bytes that are decoded to judge an encoding. */
const SAMPLE_BYTES = 1 << 16;
/** Encodings that are offered beside a certain one. */
const OFFERED = 8;

/** A file's encoding. @param isMarkup whether a charset that the file declares is to be obeyed */
export function recogniseEncoding(bytes: Uint8Array, isMarkup: boolean): RecognisedEncoding {
  const marked = byMark(bytes);
  if (marked !== null) return certain(marked, 'mark');
  const zeros = byZeros(bytes);
  if (zeros !== null) return certain(zeros, 'zeros');
  if (hasJapaneseEscapes(bytes)) return certain('iso-2022-jp', 'zeros');
  if (isUtf8(bytes)) return certain('utf-8', 'utf-8');
  const { characters, strays } = countUtf8(bytes);
  const declared = isMarkup ? declaredEncoding(bytes) : null;
  // Damaged UTF-8 is still mostly whole characters; other encodings hardly ever make one.
  const isDamaged = characters > 0 && strays - cutOff(bytes) <= 0.5 * characters;
  if (isDamaged && declared === null) return damaged();
  const sample = sampleOf(bytes);
  if (declared !== null && decodeBytes(sample, declared).replaced <= 0.01 * sample.length)
    return certain(declared, 'declared');
  return isDamaged ? damaged() : byLetters(sample);
}

const certain = (encoding: EncodingName, by: RecognisedEncoding['by']): RecognisedEncoding => ({
  encoding,
  encodings: [encoding],
  same: [],
  by,
  score: 1,
});

const damaged = (): RecognisedEncoding => ({
  encoding: 'utf-8',
  encodings: ['utf-8', 'utf-8+windows-1252', 'windows-1252', 'windows-1251'],
  same: [],
  by: 'utf-8',
  score: 1,
});

function byMark([b0, b1, b2, b3]: Uint8Array): EncodingName | null {
  if (b0 === 0xef && b1 === 0xbb && b2 === 0xbf) return 'utf-8';
  if (b0 === 0xff && b1 === 0xfe) return b2 === 0 && b3 === 0 ? 'utf-32le' : 'utf-16le';
  if (b0 === 0xfe && b1 === 0xff) return 'utf-16be';
  if (b0 === 0 && b1 === 0 && b2 === 0xfe && b3 === 0xff) return 'utf-32be';
  return b0 === 0x84 && b1 === 0x31 && b2 === 0x95 && b3 === 0x33 ? 'gb18030' : null;
}

/** UTF-32 and UTF-16 without a mark: their zeros, if they have some, lie in the same places of each unit. */
function byZeros(bytes: Uint8Array): EncodingName | null {
  const zeros: [number, number, number, number] = [0, 0, 0, 0];
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) zeros[(at & 3) as 0 | 1 | 2 | 3]++;
  const units = bytes.length / 4;
  const [z0, z1, z2, z3] = zeros;
  if (z3 > 0.95 * units && z2 > 0.8 * units) return 'utf-32le';
  if (z0 > 0.95 * units && z1 > 0.8 * units) return 'utf-32be';
  const [even, odd] = [z0 + z2, z1 + z3];
  const [more, fewer] = [Math.max(even, odd), Math.min(even, odd)];
  if (more <= 2 || more < 0.005 * units || fewer > 0.02 * more) return null;
  const encoding = odd > even ? 'utf-16le' : 'utf-16be';
  // Latin letters are zeros in every second byte; of other scripts only spaces and line ends are.
  if (more > 0.2 * units) return encoding;
  return plausibility(decodeBytes(bytes.subarray(0, SAMPLE_BYTES), encoding).text) > 0.3 ? encoding : null;
}

/** ISO-2022-JP has seven bits, so that it passes for UTF-8. */
function hasJapaneseEscapes(bytes: Uint8Array): boolean {
  let found = false;
  for (let at = bytes.indexOf(0x1b); at >= 0 && !found; at = bytes.indexOf(0x1b, at + 1)) {
    found = bytes[at + 1] === 0x24 && (bytes[at + 2] === 0x42 || bytes[at + 2] === 0x40);
  }
  return found && bytes.every((byte) => byte < 0x80);
}

/** Whole characters of several bytes, and bytes that belong to none. */
function countUtf8(bytes: Uint8Array): { characters: number; strays: number } {
  let [characters, strays] = [0, 0];
  walkBeyondAscii(bytes, (_, length) => {
    if (length > 0) characters++;
    else strays++;
  });
  return { characters, strays };
}

/** Bytes at the end that begin a character of UTF-8 which the file no longer holds; 0 where there are none. */
export function cutOff(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc2 && byte < 0xf5) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? back : 0;
    if ((byte & 0xc0) !== 0x80) return 0;
  }
  return 0;
}

/** The charset that a page or an XML file names in its first bytes. */
function declaredEncoding(bytes: Uint8Array): EncodingName | null {
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 4096));
  const name =
    /<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(head) ?? /<meta[^>]*charset\s*=\s*["']?([\w-]+)/i.exec(head);
  const found = name === null ? null : findEncoding(name[1] ?? '');
  return found?.startsWith('utf') ? null : found;
}

/** Lines that hold bytes from 0x80 on, since only they tell encodings apart. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= SAMPLE_BYTES) return bytes;
  const sample = new Uint8Array(SAMPLE_BYTES);
  let length = 0;
  for (let at = 0; at < bytes.length && length < SAMPLE_BYTES; ) {
    const lineBreak = bytes.indexOf(0x0a, at);
    const end = lineBreak < 0 ? bytes.length : lineBreak + 1;
    const line = bytes.subarray(at, Math.min(end, at + SAMPLE_BYTES - length));
    if (line.some((byte) => byte >= 0x80)) {
      sample.set(line, length);
      length += line.length;
    }
    at = end;
  }
  return sample.subarray(0, length);
}

/** Where two encodings fit alike, the one that more files are in: what Windows writes, before ISO, Mac, DOS and what is seldom. */
function rarity(name: EncodingName): number {
  if (name.startsWith('utf-16')) return 0.3;
  if (/^iso-8859-(3|4|10|13|14)$/.test(name)) return 0.06;
  if (/^(ibm|mac|x-mac)/.test(name)) return 0.02;
  return name.startsWith('iso-8859') ? 0.01 : 0;
}

/** The encodings in which the bytes look most like a text. */
function byLetters(sample: Uint8Array): RecognisedEncoding {
  const candidates = ENCODING_NAMES.filter((name) => !/^utf-(8|32)|iso-2022/.test(name)).map((name) => {
    const { text } = decodeBytes(sample, name);
    return { name, text, score: plausibility(text) - rarity(name) };
  });
  candidates.sort((a, b) => b.score - a.score);
  const [best] = candidates;
  if (best === undefined) throw new Error('there are no encodings');
  const same = candidates.slice(1).filter(({ text }) => text === best.text);
  return {
    encoding: best.name,
    encodings: candidates.slice(0, OFFERED).map(({ name }) => name),
    same: same.map(({ name }) => name),
    by: 'letters',
    score: best.score,
  };
}
