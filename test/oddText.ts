/** Generated texts that are hard on a tokenizer, for property tests. */
import fc from 'fast-check';
import { SPECIAL_TOKENS } from '../src/core/config.ts';
import { isNewInUnicode17 } from '../src/text/tokenizer/unicode17.ts';

/** The library's pattern, with its white space written out. */
export const LIBRARY_PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Pieces that tokenizers have disagreed about: white space of every kind, joiners, marks, control characters, contractions. */
const PIECES = [
  ...SPECIAL_TOKENS,
  ' <mask>',
  '\t\n<mask> ',
  '\u0085<mask>',
  '\ufeff<mask>',
  '<mask',
  '<<s>>',
  ...["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "''", "'"],
  ...['the', ' thee', ' Thy', 'love', "'d", 'ing', ' summer’s', ', ', '.\n', ' — ', '...'],
  ...[
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\v',
    '\f',
    '\u0085',
    '\u00a0',
    '\u1680',
    '\u180e',
    '\u2003',
    '\u2028',
    '\u2029',
  ],
  ...[
    '\u202f',
    '\u205f',
    '\u3000',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u001c',
    '\u001f',
    '\u0000',
    '\u0007',
    '\u007f',
    '\u009f',
  ],
  ...[
    'e\u0301',
    'n\u0303\u0323',
    '\u0301',
    '\u0308 ',
    'क्षि',
    'ไทย',
    'שָׁלוֹם',
    'مرحبا',
    '한국어',
    '日本語',
    '々',
    'ー',
    '中文。',
  ],
  ...[
    '😀',
    '👨‍👩‍👧',
    '🇯🇵',
    '❤️',
    '👍🏽',
    '𝒜',
    '𝟘',
    '²',
    '½',
    'Ⅷ',
    '٣',
    '①',
    'ǅ',
    'ʰ',
    'ß',
    'œ',
    '\ue000',
    '\uffff',
    '\u{10ffff}',
  ],
  ...['\ud800', '\udc00', '\ud83d', 'a\udfffb', '0', '12', '3.14', '-', '_', '$', '#', '{"', '\\', '</', '&amp;'],
];

/**
 * A text of odd pieces, any characters and long runs. Letters that are new in Unicode 17 become "x", since the regular
 * expressions that texts are compared by know them or not, depending on the machine.
 */
export function oddText(): fc.Arbitrary<string> {
  const run = fc
    .tuple(
      fc.constantFrom('a', ' ', '\n', 'é', '語', '😀', '!', '7', "'", 'ab', '\u0301', '\u0085'),
      fc.integer({ min: 2, max: 120 }),
    )
    .map(([piece, times]) => piece.repeat(times));
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 12 }) },
    { weight: 1, arbitrary: run },
  );
  return fc
    .array(piece, { maxLength: 12 })
    .map((pieces) =>
      Array.from(pieces.join(''), (character) =>
        isNewInUnicode17(character.codePointAt(0) ?? 0) ? 'x' : character,
      ).join(''),
    );
}
