import { expect, test } from 'vitest';
import { indexInput, positionIds } from './inputs.ts';

test('positions count from 2 over the tokens of each row; padding has position 1', () => {
  // RobertaEmbeddings.create_position_ids_from_input_ids of transformers on the same ids.
  const ids = Int32Array.of(0, 9, 3, 2, 0, 2, 1, 1);
  expect([...positionIds(ids, 4)]).toEqual([2, 3, 4, 5, 2, 3, 1, 1]);
});

test('padding inside a row is skipped by the count, since positions follow the ids', () => {
  expect([...positionIds(Int32Array.of(0, 1, 9, 2), 4)]).toEqual([2, 1, 3, 4]);
});

test('only what the attention mask hides is pushed down, and nothing is added where it hides nothing', () => {
  const input = { rows: 1, columns: 4, inputIds: Int32Array.of(0, 9, 2, 1) };
  const hidden = indexInput({ ...input, attentionMask: Int32Array.of(1, 1, 1, 0) }, 10, 6);
  expect([...(hidden.maskBias ?? [])].map((bias) => bias < -3e38)).toEqual([false, false, false, true]);
  expect(indexInput({ ...input, attentionMask: Int32Array.of(1, 1, 1, 1) }, 10, 6).maskBias).toBeNull();
});

test('neither table learns its pad row through the look-up', () => {
  const input = { rows: 1, columns: 4, inputIds: Int32Array.of(0, 9, 2, 1), attentionMask: Int32Array.of(1, 1, 1, 0) };
  const { words, places } = indexInput(input, 10, 6);
  expect(words.starts[2]).toBe(words.starts[1]);
  expect(places.starts[2]).toBe(places.starts[1]);
  expect([...places.ids]).toEqual([2, 3, 4, 1]);
});
