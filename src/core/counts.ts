/** Counts in words. */

/** @example grouped(1234567) === '1,234,567' */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** @example counted(1, 'note') === '1 note'; counted(2155, 'entry', 'entries') === '2,155 entries' */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
