/** Files and folders as people bring them: what comes of each is what the table says. */
import { expect, test } from 'vitest';
import { holdCases, runnableCases } from './judge.mjs';

interface Case {
  readonly id: string;
  readonly kind: string;
}

const CASES = runnableCases(import.meta.dirname) as readonly Case[];

test('the table is not empty', () => {
  expect(CASES.length).toBeGreaterThan(60);
});

test.each(CASES.map((entry) => [entry.id, entry] as const))('%s', async (_, entry) => {
  const [result] = await holdCases(import.meta.dirname, [entry]);
  expect(result?.reasons).toEqual([]);
});
