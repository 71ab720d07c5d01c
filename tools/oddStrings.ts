/** Strings on which tokenizers have disagreed, for comparing ours with Python's. */
import { createRng } from '../src/core/rng.ts';

const PIECES = [
  ...['<s>', '</s>', '<pad>', '<unk>', ' <mask>', '<mask>', '\t<mask> ', '<mask', '</', '<<s>>'],
  ...["'s", "'t", "'re", "'ll", "'D", "''", ' the', 'Thee', 'ing', ' summer’s', ' —', '...', '!?'],
  ...[' ', '  ', '\n', '\r\n', '\r', '\t', '\v', '\f'],
  ...['\u0085', '\u00a0', '\u2003', '\u2028', '\u3000', '\ufeff', '\u200b'],
  ...['\u0000', '\u0007', '\u001f', '\u007f', '\u009f', 'e\u0301', 'n\u0303\u0323', '\u0301', 'ß', 'ǅ', 'ﬁ'],
  ...['क्षि', 'ไทย', 'שָׁלוֹם', 'مرحبا', '한국어', '日本語', '々', 'ー', '中文。', 'Привет', 'Ωμέγα'],
  ...['😀', '👨‍👩‍👧', '🇯🇵', '❤️', '👍🏽', '𝒜', '𝟘', '²', '½', 'Ⅷ', '٣', '①', '\ue000', '\uffff', '\u{10ffff}'],
  ...['0', '12', '3.14', '007', '-', '_', '$', '#', '{"a":', '\\', '&amp;'],
  ...['a'.repeat(50), '語'.repeat(20), ' '.repeat(30)],
];

/** @returns `count` strings, the same every time; the first ones are the pieces themselves. */
export function oddStrings(count: number): string[] {
  const rng = createRng(1);
  return Array.from({ length: count }, (_, index) => {
    const single = PIECES[index];
    if (single !== undefined) return single;
    return Array.from({ length: 2 + rng.int(7) }, () => PIECES[rng.int(PIECES.length)] ?? '').join('');
  });
}
