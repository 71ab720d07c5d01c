/** Which rows of a table are looked up, and the way back: for each row of the table, where it was used. */

export interface RowIndex {
  /** Rows of the table. */
  readonly rowCount: number;
  /** Row looked up at each place. */
  readonly ids: Int32Array; // [N]
  /** Uses of row r are `places[starts[r]] … places[starts[r + 1] - 1]`, in ascending order. */
  readonly starts: Int32Array; // [rowCount + 1]
  /** Entries past the last start are unused and 0, so that the length is the same for every batch. */
  readonly places: Int32Array; // [N]
  /** A row that receives no gradient, as `padding_idx` in PyTorch; -1 for none. */
  readonly frozenRow: number;
}

/**
 * Sorts places by the row they use (a counting sort, stable). Summing a row's gradient in this order needs no atomics, so
 * the sum has the same bits every time.
 * @param frozenRow a row whose uses are left out
 * @example indexRows(Int32Array.of(2, 0, 2), 3) // starts 0 1 1 3, places 1 0 2
 */
export function indexRows(ids: Int32Array, rowCount: number, frozenRow = -1): RowIndex {
  const starts = new Int32Array(rowCount + 1);
  for (const id of ids) if (id !== frozenRow) starts[id + 1] = (starts[id + 1] ?? 0) + 1;
  for (let row = 0; row < rowCount; row++) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
  const next = starts.slice(0, rowCount);
  const places = new Int32Array(ids.length);
  for (const [place, id] of ids.entries()) {
    if (id === frozenRow) continue;
    const slot = next[id] ?? 0;
    places[slot] = place;
    next[id] = slot + 1;
  }
  return { rowCount, ids, starts, places, frozenRow };
}
