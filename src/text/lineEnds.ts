/** Line ends that are no "\n": every program shows them as line ends, so they are made ones. */
import { counted } from '../core/counts.ts';

/** What each is called. */
const LINE_ENDS: readonly (readonly [character: string, one: string, many: string])[] = [
  ['\u2028', 'line separator (U+2028)', 'line separators (U+2028)'],
  ['\u2029', 'paragraph separator (U+2029)', 'paragraph separators (U+2029)'],
  ['\u0085', 'next-line character (NEL, U+0085)', 'next-line characters (NEL, U+0085)'],
  ['\v', 'vertical tab (U+000B)', 'vertical tabs (U+000B)'],
];
/** Of Latin-1 and of mojibake, where U+0085 is a part of a letter or a “…”. */
const OTHER_CONTROLS = /[\u0080-\u0084\u0086-\u009f]|[\u00c2-\u00f4]\u0085/;

/** @returns the text with "\n" at all of its line ends, and a note if there were others */
export function unifyLineEnds(text: string): { text: string; notes: string[] } {
  const found = LINE_ENDS.flatMap(([character, one, many]) => {
    if (!text.includes(character) || (character === '\u0085' && OTHER_CONTROLS.test(text))) return [];
    const count = text.split(character).length - 1;
    return [{ character, count, words: counted(count, one, many) }];
  });
  if (found.length === 0) return { text, notes: [] };
  // Beside separators of lines those of paragraphs are blank lines.
  const paragraph = text.includes('\u2028') ? '\n\n' : '\n';
  const unified = found.reduce(
    (whole, { character }) => whole.replaceAll(character, character === '\u2029' ? paragraph : '\n'),
    text,
  );
  const isOne = found.reduce((sum, { count }) => sum + count, 0) === 1;
  const read = isOne
    ? 'at the end of a line; it is read as an ordinary line break'
    : 'at the ends of lines; they are read as ordinary line breaks';
  return { text: unified, notes: [`It has ${found.map(({ words }) => words).join(' and ')} ${read}.`] };
}
