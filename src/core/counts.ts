/** Counts in words. */

const whole = new Intl.NumberFormat('en');

/** @example grouped(1234567) === '1,234,567' */
export const grouped = (value: number): string => whole.format(Math.round(value));

/** @example counted(1, 'note') === '1 note'; counted(2155, 'entry', 'entries') === '2,155 entries' */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
