/** What is read, what is converted, and what is refused. */
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../core/errors.ts';
import { MAX_TEXT_BYTES, readText } from './readText.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
/** Latin-1: a character is its byte. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const refusal = (code: ErrorCode, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining({ name: 'poem.txt', ...details }) });

describe('UTF-8', () => {
  test.each([
    ['plain', utf8('to be\nor not'), 'to be\nor not'],
    ['with a byte-order mark', bytesOf(0xef, 0xbb, 0xbf, 0x61), 'a'],
    ['with U+FEFF further on', utf8('a\ufeffb'), 'a\ufeffb'],
    ['Windows line ends', utf8('a\r\n\r\nb\r\n'), 'a\n\nb\n'],
    ['old Mac line ends', utf8('a\rb\r'), 'a\nb\n'],
    ['all line ends', utf8('\r\n\r\r\n\na'), '\n\n\n\na'],
    ['other scripts', utf8('Я помню чудное мгновенье\n春はあけぼの 😀'), 'Я помню чудное мгновенье\n春はあけぼの 😀'],
    ['form feed and other white space', utf8('a\fb\vc\u0085d\u2028e'), 'a\fb\vc\u0085d\u2028e'],
    ['one colour code in a long log', utf8(`${'x'.repeat(500)}\u001b[0m`), `${'x'.repeat(500)}\u001b[0m`],
  ])('%s', (_, bytes, text) => {
    expect(readText(bytes, 'poem.txt')).toEqual({ text, notices: [] });
  });

  test('does not change the bytes it was given', () => {
    const bytes = utf8('a\r\nb');
    readText(bytes, 'poem.txt');
    expect(bytes).toEqual(utf8('a\r\nb'));
  });
});

describe('Windows-1252', () => {
  test('is converted, with a notice that names the file', () => {
    const bytes = latin1(
      'Le c\x9cur d\x92un po\xe8te sur \xabl\x92\xe9t\xe9\xbb, et le prix d\x92une place \x97 5\xa0\x80\r\nna\xefve fa\xe7ade, stra\xdfe',
    );
    const { text, notices } = readText(bytes, 'poem.txt');
    expect(text).toBe('Le cœur d’un poète sur «l’été», et le prix d’une place — 5\u00a0€\nnaïve façade, straße');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('“poem.txt”');
    expect(notices[0]).toContain('Windows-1252');
  });

  test('longer than a chunk', () => {
    const text = 'garçon '.repeat(5000);
    expect(readText(latin1(text), 'poem.txt').text).toBe(text);
  });

  test('every byte from 0x80 on that it defines', () => {
    const upper = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
    const defined = Array.from({ length: 32 }, (_, i) => 0x80 + i).filter(
      (byte) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte),
    );
    const read = defined.map(
      (byte) => readText(latin1(`a word ${String.fromCharCode(byte)} more`), 'poem.txt').text[7],
    );
    expect(read.join('')).toBe(upper);
    for (const byte of [0x81, 0x8d, 0x8f, 0x90, 0x9d]) {
      expect(() => readText(latin1(`a word ${String.fromCharCode(byte)} more`), 'poem.txt')).toThrow();
    }
  });
});

describe('refused', () => {
  test.each([
    ['empty', bytesOf(), 'dataEmpty'],
    ['white space only', utf8('\ufeff \r\n\t\n'), 'dataEmpty'],
    ['a zero byte', utf8('a\u0000b and more'), 'dataBinary'],
    [
      'a PNG',
      bytesOf(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52),
      'dataBinary',
    ],
    ['a PDF', utf8('%PDF-1.7\nplain so far'), 'dataBinary'],
    ['many control bytes', utf8('ab\u0001\u0002\u0003'), 'dataBinary'],
    ['UTF-16, little-endian', bytesOf(0xff, 0xfe, 0x61, 0), 'dataNotUtf8'],
    ['UTF-16, big-endian', bytesOf(0xfe, 0xff, 0, 0x61), 'dataNotUtf8'],
    ['UTF-16 without a mark', bytesOf(0x61, 0, 0x62, 0, 0x20, 0, 0x63, 0), 'dataNotUtf8'],
    ['UTF-32', bytesOf(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), 'dataNotUtf8'],
    ['damaged UTF-8', Uint8Array.from([...utf8('Ein schöner Tag für die Götter und Bäume '), 0xc3]), 'dataNotUtf8'],
  ] as const)('%s', (_, bytes, code) => {
    expect(() => readText(bytes, 'poem.txt')).toThrow(refusal(code));
  });

  test.each([
    ['Russian', 'Windows-1251', '3yDv7uzt/iD38+Tt7uUg7OPt7uLl7fzlOiDv5fDl5O4g7O3u6SD/4ujr4PH8IPL7'],
    ['Russian', 'KOI8-R', '8SDQz83OwCDe1cTOz8UgzcfOz9fFztjFOiDQxdLFxM8gzc7PyiDR18nMwdPYINTZ'],
    ['Greek', 'ISO-8859-7', 'ytzo5SDw8fnfIO8g3uvp7/Ig4e3l4uHf7eXpIPDc7fkg4fD8IPTnIOjc6+Hz8+E='],
    ['Japanese', 'Shift_JIS', 'j3SCzYKggq+C2oLMgUKC4oKkguKCpJSSgq2CyILoguSCrY5SgqyCzQ=='],
    ['Japanese', 'EUC-JP', 'vdWkz6SipLGk3KTOoaOk5KSmpOSkpsfypK+kyqTqpOakr7uzpK6kzw=='],
    ['Chinese', 'GBK', 'tLLHsMP31MK54qOs0snKx7XYyc/LqqGjvtnNt837w/fUwqOstc3Nt8u8ucrP56Gj'],
    [
      'Polish',
      'Windows-1250',
      'TGl0d28hIE9qY3p5em5vIG1vamEhIHR5IGplc3RlnCBqYWsgemRyb3dpZS4gSWxlIGNp6iB0cnplYmEgY2VuaeYsIHRlbiB0eWxrbyBzaeogZG93aWUsIGt0byBjaeogc3RyYWNpsy4gRHppnCBwaeprbm+c5iB0d7kgdyBjYbNlaiBvemRvYmllIHdpZHrqIGkgb3Bpc3Vq6iwgYm8gdOpza25p6iBwbyB0b2JpZS4=',
    ],
    [
      'Polish',
      'ISO-8859-2',
      'TGl0d28hIE9qY3p5em5vIG1vamEhIHR5IGplc3RltiBqYWsgemRyb3dpZS4gSWxlIGNp6iB0cnplYmEgY2VuaeYsIHRlbiB0eWxrbyBzaeogZG93aWUsIGt0byBjaeogc3RyYWNpsy4gRHpptiBwaeprbm+25iB0d7EgdyBjYbNlaiBvemRvYmllIHdpZHrqIGkgb3Bpc3Vq6iwgYm8gdOpza25p6iBwbyB0b2JpZS4=',
    ],
  ])('%s in %s', (_, encoding, base64) => {
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
    expect(new TextDecoder(encoding).decode(bytes)).toMatch(/\p{L}{4}/u);
    expect(() => readText(bytes, 'poem.txt')).toThrow(refusal('dataNotUtf8'));
  });

  test('too large, by size alone', () => {
    const bytes = new Uint8Array(MAX_TEXT_BYTES + 1);
    expect(() => readText(bytes, 'poem.txt')).toThrow(
      refusal('dataTooLarge', { sizeBytes: MAX_TEXT_BYTES + 1, maximumBytes: MAX_TEXT_BYTES }),
    );
  });
});
