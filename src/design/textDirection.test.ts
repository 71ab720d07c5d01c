import { describe, expect, it } from 'vitest';
import { isolated, textDirection } from './textDirection.ts';

describe('textDirection', () => {
  it('is that of the first letter', () => {
    expect(textDirection('“שלום” said he')).toBe('rtl');
    expect(textDirection('12, كتاب')).toBe('rtl');
    expect(textDirection('A שלום')).toBe('ltr');
    expect(textDirection('古池や')).toBe('ltr');
  });

  it('does not take the name of a special token for the text', () => {
    expect(textDirection('<mask> של המלך')).toBe('rtl');
    expect(textDirection('<s><mask></s>')).toBeUndefined();
  });

  it('knows none without letters', () => expect(textDirection('… 12')).toBeUndefined());
});

describe('isolated', () => {
  it('keeps what follows in its place', () => expect(isolated('שלום')).toBe('\u2068שלום\u2069'));
  it('leaves what runs with the sentence', () => expect(isolated('peace')).toBe('peace'));
});
