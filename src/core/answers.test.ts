import { expect, it } from 'vitest';
import { type Answers, withAnswers } from './answers.ts';

const after = (steps: readonly number[]): number[] =>
  steps.reduce<Answers[]>((moments, step) => withAnswers(moments, { step, verses: [] }), []).map(({ step }) => step);

it('keeps the first and the latest, and spreads the rest by ratio', () => {
  expect(after([0])).toEqual([0]);
  expect(after([0, 10, 20, 100, 200, 300])).toEqual([0, 10, 20, 100, 300]);
  const kept = after(Array.from({ length: 31 }, (_, look) => 50 * look));
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBe(1500);
  expect(kept).toHaveLength(5);
  // The early ones are closer together than the late ones.
  expect((kept[2] ?? 0) - (kept[1] ?? 0)).toBeLessThan((kept[4] ?? 0) - (kept[3] ?? 0));
});

it('takes the later answers of one step, as at the end of a run', () => {
  const [first, second] = [[], [{ parts: ['a'], fills: [] }]];
  expect(withAnswers([{ step: 5, verses: first }], { step: 5, verses: second })).toEqual([{ step: 5, verses: second }]);
});
