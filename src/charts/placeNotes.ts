/** Where the words in the margin of a chart stand. */
import type { ChartNote } from './chart.ts';

export interface PlacedNote extends ChartNote {
  /** Of its line, in pixels. */
  readonly x: number;
  /** Row in the margin, from the top. */
  readonly row: number;
  /** The side of the line that the words stand on. */
  readonly side: 'left' | 'right';
  /** What stands there: its words, or its number where there is no room for words. */
  readonly text: string;
}

/** Width of a letter of the margin's face, or of one that stands for it in a file, and the room beside the words. */
const LETTER = 6.7;
const GAP = 14;
/** More rows than these push the chart away. */
const MOST_ROWS = 3;

/**
 * Notes beside their lines, in rows so that none covers another; as numbers where there is no room for words.
 * @param notes by ascending step
 * @param xOf place of a step
 */
export function placeNotes(
  notes: readonly ChartNote[],
  xOf: (step: number) => number,
  left: number,
  right: number,
): PlacedNote[] {
  const inWords = rowsFor(notes, xOf, left, right, ({ words }) => words);
  const fits = Math.max(-1, ...inWords.map(({ row }) => row)) < MOST_ROWS;
  return fits ? inWords : rowsFor(notes, xOf, left, right, (_, index) => String(index + 1));
}

function rowsFor(
  notes: readonly ChartNote[],
  xOf: (step: number) => number,
  left: number,
  right: number,
  textOf: (note: ChartNote, index: number) => string,
): PlacedNote[] {
  // Where each row is taken already, from left to right.
  const taken: [number, number][][] = [];
  return notes.map((note, index) => {
    const x = xOf(note.step);
    const text = textOf(note, index);
    const width = text.length * LETTER + GAP;
    const side = x + width <= right ? 'right' : x - width >= left ? 'left' : null;
    if (side === null) return { ...note, x, text, side: 'right', row: MOST_ROWS };
    const [from, to] = side === 'right' ? [x, x + width] : [x - width, x];
    let row = 0;
    while (taken[row]?.some(([start, end]) => from < end && to > start)) row++;
    taken[row] = [...(taken[row] ?? []), [from, to]];
    return { ...note, x, text, side, row };
  });
}
