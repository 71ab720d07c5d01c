/**
 * Mojibake: UTF-8 that somebody's program read in an older encoding and saved again. The characters are turned back into
 * the bytes that they came from, and these are read as UTF-8.
 * Source: the method of ftfy (Robyn Speer), "fixes text for you", for whole sequences only.
 */

import { counted } from '../../core/counts.ts';
import { decodeBytes, type EncodingName } from '../reading/encodings.ts';
import { plausibility } from '../reading/plausibility.ts';
import { recogniseEncoding } from '../reading/recogniseEncoding.ts';
import { around, type Found, shortened, showInvisible, type TextCheck } from './finding.ts';

const ENCODINGS = ['windows-1252', 'windows-1250', 'windows-1251', 'windows-1254', 'macintosh', 'koi8-r'] as const;

type Codec = ReturnType<typeof createCodec>;

function createCodec(encoding: EncodingName) {
  const byteOf = new Map<string, number>();
  // Bytes that an encoding lacks come through as control characters.
  for (let byte = 0x80; byte < 0xa0; byte++) byteOf.set(String.fromCharCode(byte), byte);
  for (let byte = 0x80; byte < 0x100; byte++) {
    const { text, replaced } = decodeBytes(Uint8Array.of(byte), encoding);
    if (replaced === 0) byteOf.set(text, byte);
  }
  const of = (from: number, to: number): string => {
    const characters = [...byteOf].filter(([, byte]) => byte >= from && byte <= to);
    return `[${characters.map(([own]) => `\\u${own.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}]`;
  };
  const next = of(0x80, 0xbf);
  const sequence = `${of(0xf0, 0xf4)}${next}{3}|${of(0xe0, 0xef)}${next}{2}|${of(0xc2, 0xdf)}${next}`;
  return {
    isLatin: encoding === 'windows-1252',
    /** Byte of each character, from 0x80 on. */
    byteOf: byteOf as ReadonlyMap<string, number>,
    /** Whole sequences of UTF-8, as this encoding shows them. */
    sequences: new RegExp(`(?:${sequence})+`, 'g'),
  };
}

let codecs: readonly Codec[] | null = null;
const allCodecs = (): readonly Codec[] => {
  codecs ??= ENCODINGS.map(createCodec);
  return codecs;
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What a run of sequences was; itself where that is no text. */
function decodeRun(run: string, { byteOf }: Codec): string {
  try {
    const read = utf8.decode(Uint8Array.from(Array.from(run), (character) => byteOf.get(character) ?? 0));
    return /[\p{Cn}\p{Co}]/u.test(read) ? run : read;
  } catch {
    return run;
  }
}

/** Fewer sequences in a text than this may stand there by chance. */
const LEAST = { latin: 2, other: 5 } as const;
/** Share of a line's characters beyond ASCII that sequences have to be; Latin ones stand together nowhere else. */
const LEAST_SHARE = { latin: 0.05, other: 0.6 } as const;

/** A line read again, and how many characters of it are then others; as it was where too little of it is mojibake. */
function mendLine(line: string, codec: Codec): { text: string; count: number } {
  let covered = 0;
  let count = 0;
  const text = line.replace(codec.sequences, (run) => {
    const read = decodeRun(run, codec);
    if (read === run) return run;
    covered += run.length;
    count += Array.from(read).length;
    return read;
  });
  const share = LEAST_SHARE[codec.isLatin ? 'latin' : 'other'];
  if (count === 0 || covered < share * Array.from(line).filter((character) => character > '\u007f').length)
    return { text: line, count: 0 };
  return { text: codec.isLatin ? mendLosses(text) : text, count };
}

/** What is left of sequences whose last byte was lost on the way: a no-break space became a space, 0x9D nothing. */
function mendLosses(line: string): string {
  return line.replace(/Ã (?= )|Ã(?= |$)/gu, 'à').replace(/â€(?=[\s.,;:!?)]|$)/gu, '”');
}

interface Mended extends Found {
  readonly text: string;
}

function mendWith(text: string, codec: Codec): Mended | null {
  codec.sequences.lastIndex = 0;
  if (!codec.sequences.test(text)) return null;
  let total = 0;
  let example: Found['example'] | null = null;
  const lines = text.split('\n').map((line) => {
    codec.sequences.lastIndex = 0;
    if (!codec.sequences.test(line)) return line;
    const mended = mendLine(line, codec);
    total += mended.count;
    if (mended.count > 0) example ??= exampleOf(line, codec);
    return mended.text;
  });
  if (total < LEAST[codec.isLatin ? 'latin' : 'other'] || example === null) return null;
  return { text: lines.join('\n'), count: total, example };
}

function exampleOf(line: string, codec: Codec): Found['example'] {
  codec.sequences.lastIndex = 0;
  const match = codec.sequences.exec(line);
  const start = match?.index ?? 0;
  const before = around(line, start, start + (match?.[0].length ?? 0));
  return { before: showInvisible(before), after: mendLine(before, codec).text };
}

const CONTROLS = /[\u0080-\u009f]/g;

function signOf(control: string): string {
  const { text, replaced } = decodeBytes(Uint8Array.of(control.charCodeAt(0)), 'windows-1252');
  return replaced === 0 ? text : control;
}

/** Quotation marks and dashes of Windows-1252 that were read as the control characters of Latin-1. */
function mendControls(text: string): Mended | null {
  let count = 0;
  let example: Found['example'] | null = null;
  const mended = text.replace(CONTROLS, (control, index: number) => {
    const sign = signOf(control);
    if (sign === control) return control;
    count++;
    const before = around(text, index, index + 1);
    example ??= { before: showInvisible(before), after: before.replace(CONTROLS, signOf) };
    return sign;
  });
  return example && { text: mended, count, example };
}

/** Share of a text beyond ASCII from which its letters are worth a look. */
const LEAST_BEYOND_ASCII = 0.015;
/** How much likelier a language has to become. */
const LEAST_GAIN = 0.5;

/** A whole text of another old encoding that was read as Windows-1252: “Ïîçäíåé” for “Поздней”. */
function mendWhole(text: string): Mended | null {
  const [latin] = allCodecs();
  if (latin === undefined) return null;
  let beyond = 0;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const byte = code < 0x80 ? code : latin.byteOf.get(text.charAt(at));
    if (byte === undefined) return null;
    bytes[at] = byte;
    if (code >= 0x80) beyond++;
  }
  if (beyond < LEAST_BEYOND_ASCII * text.length) return null;
  const before = plausibility(text);
  if (before > 1 - LEAST_GAIN) return null;
  const { encoding, score } = recogniseEncoding(bytes, false);
  if (encoding === 'windows-1252' || score < Math.max(LEAST_GAIN, before + LEAST_GAIN)) return null;
  const { text: mended, replaced } = decodeBytes(bytes, encoding);
  if (replaced > 0 || plausibility(mended) < before + LEAST_GAIN) return null;
  const line = shortened(text.split('\n').find((own) => /[^\0-\x7f]/u.test(own)) ?? text);
  return { text: mended, count: beyond, example: { before: line, after: shortened(mended, line.length) } };
}

/** Text that went through this more than once comes back in as many rounds. */
const MOST_ROUNDS = 4;

/** What the encoding that explains most of it gives; null: none explains enough. */
function mendOnce(text: string): Mended | null {
  const whole = mendWhole(text);
  if (whole !== null) return whole;
  const tried = allCodecs().flatMap((codec) => mendWith(text, codec) ?? []);
  const [most] = tried.toSorted((a, b) => b.count - a.count);
  return most ?? mendControls(text);
}

function mend(text: string): Mended | null {
  const first = mendOnce(text);
  let mended = first;
  for (let round = 1; round < MOST_ROUNDS && mended !== null; round++) {
    const next = mendOnce(mended.text);
    if (next === null) break;
    mended = next;
  }
  return first && mended && { ...first, text: mended.text };
}

export const mojibake: TextCheck = {
  name: 'mojibake',
  repairLabel: 'Restore the letters',
  find: mend,
  repair: (text) => mend(text)?.text ?? text,
  repaired: (count) => `${counted(count, 'character')} restored from mojibake`,
  sentence: (count) =>
    `${counted(count, 'character')} once decoded with the wrong encoding (mojibake): “Ã©” for “é”, “â€™” for “’”. The model ` +
    'would learn these characters as spelling.',
};
