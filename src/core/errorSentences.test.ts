import { expect, test } from 'vitest';
import { describeError } from './errorSentences.ts';

test('a fault of Folio ends in one full stop, whatever its reason ends in', () => {
  const said = (details: Record<string, string>): string =>
    describeError({ code: 'internal', message: '', details }).what;
  expect(said({ reason: 'no device was probed' })).toBe('Something went wrong inside Folio: no device was probed.');
  expect(said({ reason: 'It failed.' })).toBe('Something went wrong inside Folio: It failed.');
  expect(said({})).toBe('Something went wrong inside Folio.');
});

test('a setting that is missing needs a number, or one of its choices', () => {
  const said = (rule: string) =>
    describeError({ code: 'pipelineSettings', message: '', details: { field: 'Packing', value: '', rule } });
  expect(said('It must be one of packed, lines.')).toEqual({
    what: 'Packing needs a value.',
    remedy: 'It must be one of packed, lines.',
  });
  expect(said('It must be a whole number from 8 to 4,096.')).toEqual({
    what: 'Packing needs a number.',
    remedy: 'Type one from 8 to 4,096.',
  });
});
