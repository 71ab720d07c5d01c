/** What a task of the main thread is read against: CPU time grows where another process shares the core. */

/** CPU time of the task in milliseconds, on the machine that docs/log/NOTES.md has its first figures of charts from. */
export const REFERENCE_MS = 10;

/** A task of fixed length, of objects and strings as a redraw is. Runs in any page: it needs nothing from outside. */
export function referenceTask(): void {
  const rows = Array.from({ length: 6000 }, (_, index) => ({ step: index, key: `row ${(index * 7919) % 6000}` }));
  const byKey = new Map(rows.map((row) => [row.key, row]));
  rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const row of rows) byKey.set(`${row.key}.`, { ...row });
}
