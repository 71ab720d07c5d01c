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

test('a setting that is missing needs a number, or one of its choices', () => {
  const said = (change: object) => {
    try {
      return validatePart('pipeline', { ...DEFAULT_CONFIG.pipeline, ...change });
    } catch (error) {
      return describeError(StudioError.from(error).toPlain());
    }
  };
  expect(said({ packing: '' })).toEqual({
    what: 'Packing needs a value.',
    remedy: 'It must be one of packed, lines.',
  });
  expect(said({ seqLength: Number.NaN })).toEqual({
    what: 'Sequence length needs a number.',
    remedy: 'Type one from 8 to 4,096.',
  });
});
