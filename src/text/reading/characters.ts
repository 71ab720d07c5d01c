/** From bytes to characters: the encoding, line ends, and what no text has. */

import { counted, grouped } from '../../core/counts.ts';
import { StudioError } from '../../core/errors.ts';
import {
  type Decoded,
  decodeBytes,
  ENCODING_NAMES,
  type EncodingName,
  encodingLabel,
  encodingName,
  findEncoding,
} from './encodings.ts';
import { listed, unknownChoice } from './reading.ts';
import { cutOff, type RecognisedEncoding, recogniseEncoding } from './recogniseEncoding.ts';

export type Characters = ReturnType<typeof readCharacters>;

/** A guess below this is none. */
const LEAST_SCORE = 0.15;
/** Share of control characters above which a file is no text. */
const MAX_CONTROL_SHARE = 0.01;
/** Those of ASCII and Latin-1 that are no white space. */
const CONTROLS = /[^\P{Cc}\s\u0085]/gu;
/** In UTF-8 those of Latin-1 are letters that were misread on the way, which the check of texts restores. */
const CONTROLS_OF_ASCII = /[^\P{Cc}\s\u0080-\u009f]/gu;
/** Fewer “�” in a text may be written about. */
const LEAST_LOST = 3;
/** Places that a sentence names. */
const PLACES = 3;

/**
 * Decodes a file.
 * @param chosen an encoding's name; undefined: the one that is recognised
 * @throws StudioError `dataBinary`, `dataNotUtf8` if no encoding makes a text of it, `dataChoice` for an unknown name
 */
export function readCharacters(bytes: Uint8Array, name: string, isMarkup: boolean, chosen: string | undefined) {
  const found = recogniseEncoding(bytes, isMarkup);
  const encoding = chosen ? findEncoding(chosen) : found.encoding;
  if (encoding === null) throw unknownChoice(name, 'encoding', chosen ?? '', ENCODING_NAMES);
  const cut = cutBytes(bytes, encoding);
  const whole = bytes.subarray(0, bytes.length - cut);
  const decoded = decodeBytes(whole, encoding);
  const composed = encoding === 'windows-1258' ? decoded.text.normalize('NFC') : decoded.text;
  const { text, notes } = withoutStrays(withLineFeeds(composed), name, encoding);
  if (!chosen && found.by === 'letters' && found.score < LEAST_SCORE) {
    throw new StudioError('dataNotUtf8', `${name} is in no known encoding`, { name });
  }
  return {
    text,
    encoding,
    /** To choose from; empty where the encoding is certain. */
    encodings: choices(found, encoding),
    notes: [
      ...encodingNotes(found, encoding, chosen !== undefined && chosen !== ''),
      ...damageNotes(decoded, text, encoding),
      ...(cut === 0 ? [] : ['It is cut off within its last character, which was left out.']),
      ...notes,
    ],
  };
}

function choices(found: RecognisedEncoding, encoding: EncodingName): EncodingName[] {
  const isCertain = found.encodings.length === 1 && found.encoding === encoding;
  if (isCertain && found.by !== 'declared') return [];
  return [...new Set([encoding, ...found.encodings, 'utf-8' as const, 'windows-1252' as const])];
}

/** Bytes at the end that are no whole character. */
function cutBytes(bytes: Uint8Array, encoding: EncodingName): number {
  if (encoding === 'utf-8') return cutOff(bytes);
  return bytes.length % (encoding.startsWith('utf-16') ? 2 : encoding.startsWith('utf-32') ? 4 : 1);
}

function encodingNotes(
  { by, same, encodings }: RecognisedEncoding,
  encoding: EncodingName,
  isChosen: boolean,
): string[] {
  if (encoding === 'utf-8')
    return isChosen && by !== 'utf-8' && by !== 'mark' ? ['It was read as UTF-8, as chosen.'] : [];
  const label = encodingLabel(encoding);
  if (isChosen) return [`It was read as ${label}, as chosen.`];
  if (by === 'declared') return [`It is ${label}, as the file declares, and was converted.`];
  if (by !== 'letters') return [`It is ${label}, and was converted.`];
  const alike = same.length === 0 ? '' : ` (${listed(same.slice(0, 2).map(encodingName))} would read the same)`;
  const other = encodings.find((each) => each !== encoding && !same.includes(each));
  const instead = other === undefined ? '' : `, such as ${encodingLabel(other)}`;
  return [
    `It is not UTF-8: judging by its characters it is ${label}${alike}, and was converted. If letters look wrong, choose another encoding${instead}.`,
  ];
}

/** How many characters could not be read, and in which lines. */
function damageNotes({ replaced }: Decoded, text: string, encoding: EncodingName): string[] {
  if (replaced === 0) {
    const lost = text.match(/\ufffd/g)?.length ?? 0;
    if (lost < LEAST_LOST) return [];
    return [
      `It has “�” in place of ${counted(lost, 'character')}: a program that read it in the wrong encoding lost them. Only the original file still has them.`,
    ];
  }
  const lines: number[] = [];
  let line = 1;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0 && lines.length < PLACES; at = text.indexOf('\ufffd', at + 1)) {
    for (let end = text.indexOf('\n', from); end >= 0 && end < at; end = text.indexOf('\n', from)) {
      line++;
      from = end + 1;
    }
    if (lines.at(-1) !== line) lines.push(line);
  }
  const places = `${lines.length === 1 ? 'line' : 'lines'} ${listed(lines.map(grouped))}`;
  const more = replaced > lines.length && lines.length === PLACES ? ' and others' : '';
  const help =
    encoding === 'utf-8' ? ` Choose “UTF-8 with stray Windows-1252” to decode ${replaced === 1 ? 'it' : 'them'}.` : '';
  return [
    `It has ${counted(replaced, 'damaged byte')} that ${replaced === 1 ? 'is' : 'are'} not ${encodingLabel(encoding)}, in ${places}${more}; ${replaced === 1 ? 'it is' : 'each is'} shown as “�”.${help}`,
  ];
}

/** "\r\n", "\r" and, where a program wrote them throughout, "\r\r\n" as "\n". */
function withLineFeeds(text: string): string {
  if (!text.includes('\r')) return text;
  // "\n\r", as old computers wrote it.
  if (!text.replaceAll('\n\r', '').includes('\r')) return text.replaceAll('\n\r', '\n');
  const doubled = text.match(/\r\r\n/g)?.length ?? 0;
  const isDoubled = doubled > 1 && doubled > 0.5 * (text.match(/\n/g)?.length ?? 0);
  return text.replaceAll(isDoubled ? /\r{1,2}\n|\r/g : /\r\n?/g, '\n');
}

/** What programs leave in texts without meaning it; a mark at the head of a line is one of a file that was joined. */
const STRAYS: readonly (readonly [stray: string | RegExp, left: string, words: string])[] = [
  ['\n\ufeff', '\n', 'byte-order mark'],
  ['\0', '', 'null byte'],
  ['\x1a', '', 'DOS end-of-file character (Ctrl-Z)'],
  // Colours, as a session that was saved has them.
  [/[^\P{Cc}\s]\[[\d;]*[A-Za-z]/u, '', 'terminal escape sequence'],
  [CONTROLS_OF_ASCII, '', 'control character'],
];

/** @throws StudioError `dataBinary` where there is more of it than of text */
function withoutStrays(text: string, name: string, encoding: EncodingName): { text: string; notes: string[] } {
  // Filled up with zeros, as a fixed size or a broken download leaves it.
  let length = text.length;
  while (length > 0 && '\0\x1a'.includes(text.charAt(length - 1))) length--;
  let plain = text.slice(0, length);
  const trailing = text.length - length;
  const controls = plain.match(encoding === 'utf-8' ? CONTROLS_OF_ASCII : CONTROLS)?.length ?? 0;
  if (controls > MAX_CONTROL_SHARE * plain.length || (plain === '' && trailing > 0)) {
    throw new StudioError('dataBinary', `${name} holds ${controls} control characters`, { name, controls });
  }
  const said = trailing === 0 ? [] : [`${counted(trailing, 'null byte or Ctrl-Z', 'null bytes or Ctrl-Z')} at its end`];
  for (const [stray, left, words] of controls === 0 ? STRAYS.slice(0, 1) : STRAYS) {
    const parts = plain.split(stray);
    if (parts.length === 1) continue;
    said.push(counted(parts.length - 1, words));
    plain = parts.join(left);
  }
  return { text: plain, notes: said.length === 0 ? [] : [`Non-text characters were removed: ${listed(said)}.`] };
}
