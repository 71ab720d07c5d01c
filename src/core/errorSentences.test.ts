import { expect, test } from 'vitest';
import { describeError } from './errorSentences.ts';

test('a fault of Folio ends in one full stop, whatever its reason ends in', () => {
  const said = (details: Record<string, string>): string =>
    describeError({ code: 'internal', message: '', details }).what;
  expect(said({ reason: 'no device was probed' })).toBe('Something went wrong inside Folio: no device was probed.');
  expect(said({ reason: 'It failed.' })).toBe('Something went wrong inside Folio: It failed.');
  expect(said({})).toBe('Something went wrong inside Folio.');
});
