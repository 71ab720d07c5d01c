import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexRows } from './rowIndex.ts';

test('places are listed row by row, in ascending order', () => {
  const index = indexRows(Int32Array.of(2, 0, 2, 1), 4);
  expect([...index.starts]).toEqual([0, 1, 2, 4, 4]);
  expect([...index.places]).toEqual([1, 3, 0, 2]);
});

test('the frozen row has no place, and the arrays keep their length', () => {
  const index = indexRows(Int32Array.of(1, 0, 1, 2), 3, 1);
  expect([...index.starts]).toEqual([0, 1, 1, 2]);
  expect([...index.places]).toEqual([1, 3, 0, 0]);
});

test('every place is listed once, under its own row', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { maxLength: 60 }), fc.integer({ min: -1, max: 6 }), (ids, frozenRow) => {
      const index = indexRows(Int32Array.from(ids), 7, frozenRow);
      const seen = ids.map(() => -1);
      for (let row = 0; row < 7; row++) {
        for (const place of index.places.subarray(index.starts[row], index.starts[row + 1])) seen[place] = row;
      }
      expect(seen).toEqual(ids.map((id) => (id === frozenRow ? -1 : id)));
      expect(index.starts[7]).toBe(ids.filter((id) => id !== frozenRow).length);
    }),
  );
});
