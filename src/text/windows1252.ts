/** Windows-1252, the encoding of most Western European text before UTF-8. */

/** Characters of the bytes 0x80 to 0x9F; U+FFFD where there is none. The others have their Unicode code. */
const UPPER_CONTROLS =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

/** Bytes decoded at a time: as many arguments as `fromCharCode` takes anywhere. */
const CHUNK = 1 << 13;

/** Decodes bytes that passed {@link isPlausibleWindows1252}. */
export function decodeWindows1252(bytes: Uint8Array): string {
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
export function isPlausibleWindows1252(bytes: Uint8Array): boolean {
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
