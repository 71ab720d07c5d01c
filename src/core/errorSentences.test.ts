import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './config.ts';
import { describeError } from './errorSentences.ts';
import { StudioError } from './errors.ts';
import { validatePart } from './validation.ts';

test('a fault of Folio ends in one full stop, whatever its reason ends in', () => {
  const said = (details: Record<string, string>): string =>
    describeError({ code: 'internal', message: '', details }).what;
  expect(said({ reason: 'no device was probed' })).toBe('Something went wrong inside Folio: no device was probed.');
  expect(said({ reason: 'It failed.' })).toBe('Something went wrong inside Folio: It failed.');
  expect(said({})).toBe('Something went wrong inside Folio.');
});

test('of a setting that is missing, its range or its choices are said', () => {
  const said = (change: object) => {
    try {
      return validatePart('pipeline', { ...DEFAULT_CONFIG.pipeline, ...change });
    } catch (error) {
      return describeError(StudioError.from(error).toPlain());
    }
  };
  expect(said({ packing: '' })).toEqual({
    what: 'Packing: a value is missing.',
    remedy: 'The value must be one of packed, lines.',
  });
  expect(said({ seqLength: Number.NaN })).toEqual({
    what: 'Sequence length: a number is missing.',
    remedy: 'Type one from 8 to 4,096.',
  });
});
