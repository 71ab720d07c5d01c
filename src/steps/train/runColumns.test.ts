import { expect, test } from 'vitest';
import { heldOutPoint } from '../../../test/points.ts';
import { testRunRecord } from '../../../test/runRecord.ts';
import { orderRuns, runColumns } from './runColumns.ts';

const runs = [
  testRunRecord('worse', { heldOut: heldOutPoint({ step: 400, loss: 4.5, standardError: 0.02 }) }),
  testRunRecord('better', { heldOut: heldOutPoint({ step: 400, loss: 3.9, standardError: 0.02 }) }),
  { ...testRunRecord('failed'), summary: null },
  testRunRecord('between', { heldOut: heldOutPoint({ step: 400, loss: 4.2, standardError: 0.02 }) }),
];
const columns = runColumns(runs);
const names = (descending: boolean): string[] =>
  orderRuns(runs, columns, { head: 'Held-out loss', descending }).map(({ name }) => name);

test('runs are ordered by the chosen column, those without a figure last', () => {
  expect(names(false)).toEqual(['better', 'between', 'worse', 'failed']);
  expect(names(true)).toEqual(['worse', 'between', 'better', 'failed']);
  expect(orderRuns(runs, columns, null)).toBe(runs);
});

test('a difference from the table has a sign: minus is below it, which is better', () => {
  const column = columns.find(({ head }) => head === 'Vs. neighbour counts');
  expect(runs.map((run) => column?.cell(run))).toEqual(['+0.26', '−0.34', '–', '−0.04']);
});
