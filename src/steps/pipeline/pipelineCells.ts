/** What each cell of a batch is, and how many there are of each kind. */
import { FIRST_ORDINARY_ID, MASK_ID, PAD_ID } from '../../core/config.ts';
import { ARROWS } from '../../design/arrowKeys.ts';
import type { BatchPreview } from './pipelineCommands.ts';

/** `mask`, `random` and `unchanged` are the chosen positions, by what stands in their place. */
export type CellKind = 'token' | 'lineBreak' | 'special' | 'padding' | 'mask' | 'random' | 'unchanged';

/** A place in a batch. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

type CellTensors = Pick<BatchPreview, 'inputIds' | 'attentionMask' | 'originals' | 'chosen' | 'texts'>;

/** What stands at a position, given as b·T + t. */
export function cellKind(batch: CellTensors, index: number): CellKind {
  const id = batch.inputIds[index] ?? PAD_ID;
  const original = batch.originals[index] ?? PAD_ID;
  if (batch.chosen[index] === 1) return id === MASK_ID ? 'mask' : id === original ? 'unchanged' : 'random';
  if (batch.attentionMask[index] === 0) return 'padding';
  if (original < FIRST_ORDINARY_ID) return 'special';
  return batch.texts[original] === '\n' ? 'lineBreak' : 'token';
}

/** Number of cells of each kind in the whole batch. */
export function countCells(batch: BatchPreview): Record<CellKind, number> {
  const counts = { token: 0, lineBreak: 0, special: 0, padding: 0, mask: 0, random: 0, unchanged: 0 };
  for (let index = 0; index < batch.rows * batch.columns; index++) counts[cellKind(batch, index)]++;
  return counts;
}

/**
 * One SVG path of all the cells that `wanted` names, so that a grid of any size is a handful of elements. A cell is a square
 * of 10 units with a gap of 1.
 * @example cellsPath(1, 2, () => true) // 'M0 0h9v9h-9zM10 0h9v9h-9z'
 */
export function cellsPath(rows: number, columns: number, wanted: (index: number) => boolean): string {
  let path = '';
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (wanted(row * columns + column)) path += `M${column * 10} ${row * 10}h9v9h-9z`;
    }
  }
  return path;
}

/** The text around a cell as the model sees it, `reach` tokens to each side, padding left out. */
export function textAround(batch: BatchPreview, { row, column }: Cell, reach: number) {
  const pieces: { column: number; text: string; kind: CellKind }[] = [];
  const last = Math.min(batch.columns - 1, column + reach);
  for (let at = Math.max(0, column - reach); at <= last; at++) {
    const index = row * batch.columns + at;
    const kind = cellKind(batch, index);
    if (kind !== 'padding') pieces.push({ column: at, text: shownText(batch, batch.inputIds[index] ?? PAD_ID), kind });
  }
  return pieces;
}

/** The text of an id with a line break made visible. */
export function shownText(batch: Pick<BatchPreview, 'texts'>, id: number): string {
  return (batch.texts[id] ?? '').replaceAll('\n', '↵');
}

/** The cell after a key, or null for a key that moves nothing. */
export function movedCell({ row, column }: Cell, key: string, rows: number, columns: number): Cell | null {
  const ends = { Home: [0, -columns], End: [0, columns] } as const;
  const [down, across] = ARROWS.get(key) ?? ends[key as keyof typeof ends] ?? [];
  if (down === undefined || across === undefined) return null;
  const within = (place: number, count: number): number => Math.min(count - 1, Math.max(0, place));
  return { row: within(row + down, rows), column: within(column + across, columns) };
}
