import { describe, expect, it } from 'vitest';
import { cellKind, cellsPath, countCells, movedCell, textAround } from './pipelineCells.ts';
import type { BatchPreview } from './pipelineCommands.ts';

// <s> Shall I ↵ day </s> with "Shall" hidden, "I" replaced by "day", "day" chosen and left as it is; then a padded row.
const batch: BatchPreview = {
  rows: 2,
  columns: 6,
  inputIds: Int32Array.from([0, 3, 12, 10, 12, 2, 0, 11, 2, 1, 1, 1]),
  attentionMask: Int32Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]),
  // “day” is to be predicted as “Shall”: a target drawn from neighbour counts.
  labels: Int32Array.from([0, 13, 11, 10, 13, 2, 0, 11, 2, 1, 1, 1]),
  originals: Int32Array.from([0, 13, 11, 10, 12, 2, 0, 11, 2, 1, 1, 1]),
  chosen: Uint8Array.from([0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
  texts: { 0: '<s>', 1: '<pad>', 2: '</s>', 3: '<mask>', 10: '\n', 11: ' I', 12: ' day', 13: 'Shall' },
  paddingShare: 0.25,
  rowsPerEpoch: 2,
  maskedShare: 3 / 9,
};

describe('cellKind', () => {
  it('names every kind', () => {
    const kinds = Array.from({ length: 12 }, (_, index) => cellKind(batch, index));
    expect(kinds.slice(0, 6)).toEqual(['special', 'mask', 'random', 'lineBreak', 'unchanged', 'special']);
    expect(kinds.slice(6)).toEqual(['special', 'token', 'special', 'padding', 'padding', 'padding']);
  });
});

describe('countCells', () => {
  it('counts every cell once', () => {
    const counts = countCells(batch);
    expect(counts).toEqual({ token: 1, lineBreak: 1, special: 4, padding: 3, mask: 1, random: 1, unchanged: 1 });
  });
});

describe('cellsPath', () => {
  it('draws the wanted cells where they stand', () => {
    expect(cellsPath(2, 2, (index) => index === 1 || index === 2)).toBe('M10 0h9v9h-9zM0 10h9v9h-9z');
  });
});

describe('textAround', () => {
  it('gives what the model sees, without padding', () => {
    expect(textAround(batch, { row: 1, column: 2 }, 99).map(({ text }) => text)).toEqual(['<s>', ' I', '</s>']);
    expect(textAround(batch, { row: 0, column: 2 }, 1).map(({ text }) => text)).toEqual(['<mask>', ' day', '↵']);
  });
});

describe('movedCell', () => {
  it('moves by arrow keys and stays inside', () => {
    expect(movedCell({ row: 0, column: 0 }, 'ArrowLeft', 2, 6)).toEqual({ row: 0, column: 0 });
    expect(movedCell({ row: 0, column: 0 }, 'ArrowDown', 2, 6)).toEqual({ row: 1, column: 0 });
    expect(movedCell({ row: 1, column: 0 }, 'ArrowDown', 2, 6)).toEqual({ row: 1, column: 0 });
    expect(movedCell({ row: 1, column: 2 }, 'End', 2, 6)).toEqual({ row: 1, column: 5 });
    expect(movedCell({ row: 1, column: 2 }, 'a', 2, 6)).toBeNull();
  });
});
