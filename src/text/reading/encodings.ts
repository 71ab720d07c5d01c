/** The encodings that a text can be read in: what they are called, and how bytes become text. */

interface Encoding {
  readonly label: string;
  /** Other names of the same bytes, or of a part of them: a person looks for these, too. */
  readonly also?: string;
}

/** By the name that `TextDecoder` has, where it has it. */
const ENCODINGS = {
  'utf-8': { label: 'UTF-8' },
  'utf-8+windows-1252': { label: 'UTF-8 with stray Windows-1252' },
  'utf-16le': { label: 'UTF-16 LE' },
  'utf-16be': { label: 'UTF-16 BE' },
  'utf-32le': { label: 'UTF-32 LE' },
  'utf-32be': { label: 'UTF-32 BE' },
  'windows-1252': { label: 'Windows-1252', also: 'ISO-8859-1, Latin-1' },
  'iso-8859-15': { label: 'ISO-8859-15', also: 'Latin-9' },
  macintosh: { label: 'Mac Roman' },
  ibm437: { label: 'IBM437', also: 'DOS, CP437' },
  ibm850: { label: 'IBM850', also: 'DOS, CP850' },
  'windows-1250': { label: 'Windows-1250' },
  'iso-8859-2': { label: 'ISO-8859-2', also: 'Latin-2' },
  ibm852: { label: 'IBM852', also: 'DOS, CP852' },
  'x-mac-ce': { label: 'Mac Central European' },
  'windows-1251': { label: 'Windows-1251', also: 'CP1251' },
  'koi8-r': { label: 'KOI8-R' },
  'koi8-u': { label: 'KOI8-U' },
  'iso-8859-5': { label: 'ISO-8859-5' },
  ibm866: { label: 'IBM866', also: 'DOS, CP866' },
  'x-mac-cyrillic': { label: 'Mac Cyrillic' },
  'windows-1253': { label: 'Windows-1253' },
  'iso-8859-7': { label: 'ISO-8859-7' },
  ibm737: { label: 'IBM737', also: 'DOS, CP737' },
  'windows-1254': { label: 'Windows-1254', also: 'ISO-8859-9, Latin-5' },
  ibm857: { label: 'IBM857', also: 'DOS, CP857' },
  'windows-1255': { label: 'Windows-1255' },
  'iso-8859-8-i': { label: 'ISO-8859-8' },
  ibm862: { label: 'IBM862', also: 'DOS, CP862' },
  'windows-1256': { label: 'Windows-1256' },
  'iso-8859-6': { label: 'ISO-8859-6' },
  'windows-1257': { label: 'Windows-1257' },
  ibm775: { label: 'IBM775', also: 'DOS, CP775' },
  'iso-8859-13': { label: 'ISO-8859-13', also: 'Latin-7' },
  'iso-8859-4': { label: 'ISO-8859-4', also: 'Latin-4' },
  'iso-8859-10': { label: 'ISO-8859-10', also: 'Latin-6' },
  'iso-8859-3': { label: 'ISO-8859-3', also: 'Latin-3' },
  'iso-8859-14': { label: 'ISO-8859-14', also: 'Latin-8' },
  'windows-1258': { label: 'Windows-1258' },
  'windows-874': { label: 'Windows-874', also: 'TIS-620, ISO-8859-11' },
  shift_jis: { label: 'Shift_JIS', also: 'CP932' },
  'euc-jp': { label: 'EUC-JP' },
  'iso-2022-jp': { label: 'ISO-2022-JP' },
  gb18030: { label: 'GB18030', also: 'GBK, GB2312' },
  big5: { label: 'Big5', also: 'CP950' },
  'euc-kr': { label: 'EUC-KR', also: 'CP949' },
} as const satisfies Readonly<Record<string, Encoding>>;

export type EncodingName = keyof typeof ENCODINGS;

export const ENCODING_NAMES = Object.keys(ENCODINGS) as EncodingName[];

/** @example encodingName('gb18030') === 'GB18030' */
export const encodingName = (name: EncodingName): string => ENCODINGS[name].label;

/** @example encodingLabel('gb18030') === 'GB18030 (GBK, GB2312)' */
export function encodingLabel(name: EncodingName): string {
  const { label, also }: Encoding = ENCODINGS[name];
  return also === undefined ? label : `${label} (${also})`;
}

/**
 * An encoding by any name that browsers know.
 * @returns null where there is none
 * @example findEncoding('latin1') === 'windows-1252'
 */
export function findEncoding(name: string): EncodingName | null {
  const plain = name.trim().toLowerCase();
  const own = plain.replace(/^cp-?(?=437|737|775|85[027]|862)/, 'ibm').replace(/^gb(k|2312)$/, 'gb18030');
  const found = (key: string): EncodingName | undefined => ENCODING_NAMES.find((each) => each === key);
  try {
    return found(own) ?? found(new TextDecoder(plain).encoding.replace(/^gbk$/, 'gb18030')) ?? null;
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}

/** Characters of the bytes from 0x80 on, for encodings that `TextDecoder` lacks, or reads as Latin-1 in some versions of Node. */
const TABLES: Readonly<Partial<Record<EncodingName, string>>> = {
  'windows-1252':
    '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
    '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178' +
    Array.from({ length: 96 }, (_, at) => String.fromCharCode(0xa0 + at)).join(''),
  ibm437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
    '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  ibm850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
    '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  ibm852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐' +
    '└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
  ibm737:
    'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
    '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀ωάέήϊίόύϋώΆΈΉΊΌΎΏ±≥≤ΪΫ÷≈°∙·√ⁿ²■\u00a0',
  ibm775:
    'ĆüéāäģåćłēŖŗīŹÄÅÉæÆōöĢ¢ŚśÖÜø£Ø×¤ĀĪóŻżź”¦©®¬½¼Ł«»░▒▓│┤ĄČĘĖ╣║╗╝ĮŠ┐' +
    '└┴┬├─┼ŲŪ╚╔╩╦╠═╬Žąčęėįšųūž┘┌█▄▌▐▀ÓßŌŃõÕµńĶķĻļņĒŅ’\u00ad±“¾¶§÷„°∙·¹³²■\u00a0',
  ibm857:
    'ÇüéâäàåçêëèïîıÄÅÉæÆôöòûùİÖÜø£ØŞşáíóúñÑĞğ¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
    '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ºªÊËÈ\ufffdÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµ\ufffd×ÚÛÙìÿ¯´\u00ad±\ufffd¾¶§÷¸°¨·¹³²■\u00a0',
  ibm862:
    'אבגדהוזחטיךכלםמןנסעףפץצקרשת¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
    '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  'x-mac-ce':
    'ÄĀāÉĄÖÜáąČäčĆćéŹźĎíďĒēĖóėôöõúĚěü†°Ę£§•¶ß®©™ę¨≠ģĮįĪ≤≥īĶ∂∑łĻļĽľĹĺŅ' +
    'ņŃ¬√ńŇ∆«»…\u00a0ňŐÕőŌ–—“”‘’÷◊ōŔŕŘ‹›řŖŗŠ‚„šŚśÁŤťÍŽžŪÓÔūŮÚůŰűŲųÝýķŻŁżĢˇ',
};

export interface Decoded {
  readonly text: string;
  /** Characters that are U+FFFD in place of bytes that are none in this encoding. */
  readonly replaced: number;
}

/** Bytes as text, a byte-order mark left out; what can't be read is U+FFFD. */
export function decodeBytes(bytes: Uint8Array, encoding: EncodingName): Decoded {
  if (encoding === 'utf-8+windows-1252') return decodeMixed(bytes);
  if (encoding === 'utf-32le' || encoding === 'utf-32be') return counted(decodeUtf32(bytes, encoding === 'utf-32le'));
  const table = TABLES[encoding];
  if (table !== undefined) return counted(decodeByTable(bytes, table));
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), replaced: 0 };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const { text, replaced } = counted(new TextDecoder(encoding).decode(bytes));
    return { text, replaced: encoding === 'utf-8' ? replaced - countWritten(bytes) : replaced };
  }
}

function counted(text: string): Decoded {
  let replaced = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) replaced++;
  return { text, replaced };
}

/** How often U+FFFD is written in UTF-8: no damage of this file. */
function countWritten(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1)) {
    if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) count++;
  }
  return count;
}

/** Bytes decoded at a time: as many arguments as `fromCharCode` takes anywhere. */
const CHUNK = 1 << 13;

function decodeByTable(bytes: Uint8Array, table: string): string {
  const parts: string[] = [];
  const codes = new Uint16Array(Math.min(CHUNK, bytes.length));
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    const length = Math.min(CHUNK, bytes.length - offset);
    for (let i = 0; i < length; i++) {
      const byte = bytes[offset + i] as number;
      codes[i] = byte < 0x80 ? byte : table.charCodeAt(byte - 0x80);
    }
    parts.push(String.fromCharCode(...codes.subarray(0, length)));
  }
  return parts.join('');
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: string[] = [];
  let codes: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, littleEndian);
    const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    if (at > 0 || code !== 0xfeff) codes.push(isCharacter ? code : 0xfffd);
    if (codes.length === CHUNK) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCodePoint(...codes));
  return parts.join('');
}

/** UTF-8, and each byte that is none as the letter that Windows-1252 has for it: two files that were put together. */
function decodeMixed(bytes: Uint8Array): Decoded {
  const parts: string[] = [];
  let replaced = 0;
  let from = 0;
  walkBeyondAscii(bytes, (at, length) => {
    if (length > 0) return;
    const stray = decodeBytes(bytes.subarray(at, at + 1), 'windows-1252');
    parts.push(new TextDecoder('utf-8', { ignoreBOM: from > 0 }).decode(bytes.subarray(from, at)), stray.text);
    replaced += stray.replaced;
    from = at + 1;
  });
  parts.push(new TextDecoder('utf-8', { ignoreBOM: from > 0 }).decode(bytes.subarray(from)));
  return { text: parts.join(''), replaced };
}

/** Hands over the places of bytes from 0x80 on with the length of the character of UTF-8 that begins there; 0: none does. */
export function walkBeyondAscii(bytes: Uint8Array, take: (at: number, length: number) => void): void {
  for (let at = 0; at < bytes.length; ) {
    if ((bytes[at] as number) < 0x80) {
      at++;
      continue;
    }
    const length = characterLength(bytes, at);
    take(at, length);
    at += Math.max(1, length);
  }
}

/** First bytes of characters of UTF-8: from, to, how long they are, and what the second byte may be. */
const FIRST_BYTES = [
  [0xc2, 0xdf, 2, 0x80, 0xbf],
  [0xe0, 0xe0, 3, 0xa0, 0xbf],
  [0xe1, 0xec, 3, 0x80, 0xbf],
  [0xed, 0xed, 3, 0x80, 0x9f],
  [0xee, 0xef, 3, 0x80, 0xbf],
  [0xf0, 0xf0, 4, 0x90, 0xbf],
  [0xf1, 0xf3, 4, 0x80, 0xbf],
  [0xf4, 0xf4, 4, 0x80, 0x8f],
] as const;

/** Bytes of the character of UTF-8 that begins at a byte from 0x80 on; 0 if none does. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  const row = FIRST_BYTES.find(([from, to]) => first >= from && first <= to);
  if (row === undefined) return 0;
  const [, , length, least, most] = row;
  const second = bytes[at + 1] ?? 0;
  const rest = bytes.subarray(at + 2, at + length);
  const fits = second >= least && second <= most && rest.length === length - 2;
  return fits && rest.every((byte) => (byte & 0xc0) === 0x80) ? length : 0;
}

/** Whether bytes are UTF-8 from end to end; takes no memory for their text. */
export function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += 1 << 20)
      decoder.decode(bytes.subarray(at, at + (1 << 20)), { stream: true });
    decoder.decode();
    return true;
  } catch (cause) {
    if (cause instanceof TypeError) return false;
    throw cause;
  }
}
