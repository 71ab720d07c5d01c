/**
 * The check of texts. A good text is damaged as programs and people damage texts, and has to come back: the oracle is the text
 * before. Good texts have to pass unsaid.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAN_TEXTS } from '../../../test/cleanTexts.ts';
import { readTexts } from '../readText.ts';
import { checkTexts, repairTexts } from './checkTexts.ts';
import { type Finding, REPAIR_NAMES, type RepairName } from './finding.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const expected = (name: string): string => read(`e2e/cases/expected/${name}.txt`);

/** Twelve documents of four sentences, each a line. */
const ENGLISH = expected('backslash-n');
const FRENCH = expected('composed-and-decomposed');
const RUSSIAN = expected('windows-1251-russian');
const POLISH = expected('iso-8859-2-polish');
const CHINESE = expected('gbk-chinese');
const JAPANESE = expected('japanese-indents');
const GERMAN = expected('utf16le-bom');
const HEBREW = expected('windows-1255-hebrew');

const documentsOf = (text: string): string[] => text.trim().split('\n\n');
const lines = ENGLISH.trim().split(/\n+/);
const paragraphs = documentsOf(ENGLISH).map((document) => document.replaceAll('\n', ' '));
const sourcesOf = (text: string) => [{ name: 'a.txt', text }];
const wordsOf = (text: string): string => text.split(/\s+/u).filter(Boolean).join(' ');
const lettersOf = (text: string): string => text.replace(/\s/gu, '');

const check = (text: string): Promise<Finding[]> => checkTexts(sourcesOf(text));
async function repair(text: string, ...names: RepairName[]): Promise<string> {
  const { sources } = await repairTexts(sourcesOf(text), names);
  return sources.map((source) => source.text).join('\n\n');
}

/** Breaks a paragraph before the first word that has no room. */
function wrap(paragraph: string, width: number, indent = ''): string {
  const broken: string[] = [indent + paragraph.split(' ')[0]];
  for (const word of paragraph.split(' ').slice(1)) {
    const open = broken.at(-1) ?? '';
    if (open.length + 1 + word.length > width) broken.push(word);
    else broken[broken.length - 1] = `${open} ${word}`;
  }
  return broken.join('\n');
}
const wrapAll = (text: string, width: number): string =>
  documentsOf(text)
    .map((document) => wrap(document.replaceAll('\n', ' '), width))
    .join('\n\n');
const cutAll = (text: string, width: number): string =>
  documentsOf(text)
    .map((document) => (lettersOf(document).match(new RegExp(`.{1,${width}}`, 'gu')) ?? []).join('\n'))
    .join('\n\n');

/** A narrow column, with a hyphen in the last word of many lines. */
const hyphenate = (hyphen: string): string =>
  paragraphs
    .map((paragraph) => wrap(paragraph, 38).replace(/(\p{L}{3})(\p{L}{3,})\n/gu, `$1${hyphen}\n$2\n`))
    .join('\n\n');

/** The text as pages of nine lines. */
function paginate(
  foot: (page: number) => readonly string[],
  head: (page: number) => readonly string[] = () => [],
): string {
  const all = paragraphs.flatMap((paragraph) => wrap(paragraph, 60).split('\n'));
  const pages = Array.from({ length: Math.ceil(all.length / 9) }, (_, page) => [
    ...head(page + 11),
    ...all.slice(9 * page, 9 * page + 9),
    ...foot(page + 11),
  ]);
  return `${pages.flat().join('\n')}\n`;
}

/** UTF-8 read as something else. */
const misread = (text: string, encoding: string): string => {
  const bytes = new TextEncoder().encode(text);
  if (encoding === 'latin1') return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return new TextDecoder(encoding).decode(bytes);
};
const ROMAN = ['xi', 'xii', 'xiii', 'xiv', 'xv', 'xvi', 'xvii', 'xviii', 'xix', 'xx'];

describe('a good text', () => {
  test.each(Object.entries(CLEAN_TEXTS))('%s', async (_, text) => {
    expect(await check(text)).toEqual([]);
    expect(await repair(text, ...REPAIR_NAMES)).toBe(text);
  });

  test('the sonnets, and the cases of false alarm', async () => {
    const names = [
      'verse-of-three-commas',
      'play-with-speakers',
      'prose-that-quotes-marks',
      'songs-with-a-refrain',
      'french-spaces',
      'japanese-indents',
    ];
    for (const text of [
      read('public/data/sonnets.txt'),
      ENGLISH,
      FRENCH,
      RUSSIAN,
      POLISH,
      CHINESE,
      HEBREW,
      ...names.map(expected),
    ]) {
      expect(await check(text)).toEqual([]);
    }
  });
});

/** What has to come back: the very text, its words, or its letters. */
type Row = readonly [name: string, damaged: string, repair: RepairName, oracle: string];

/** As Python's html.escape and ascii() write them. */
const inEntities = (text: string): string => text.replace(/[^\0-\x7f]/g, (own) => `&#${own.charCodeAt(0)};`);
const inEscapes = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (own) => `\\u${own.charCodeAt(0).toString(16).padStart(4, '0')}`);
const inBytes = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (own) => [...Buffer.from(own)].map((byte) => `\\x${byte.toString(16)}`).join(''));

describe('characters come back one by one', () => {
  const rows: Row[] = [
    ['entities by number', inEntities(FRENCH), 'codes', FRENCH],
    ['entities by number, escaped twice', inEntities(FRENCH).replaceAll('&', '&amp;'), 'codes', FRENCH],
    ['entities by name', FRENCH.replaceAll('é', '&eacute;').replaceAll('’', '&rsquo;'), 'codes', FRENCH],
    ['escapes of JSON', inEscapes(RUSSIAN), 'codes', RUSSIAN],
    ["bytes of Python's repr", inBytes(FRENCH), 'codes', FRENCH],
    ['spaces of no width', ENGLISH.replaceAll(' ', ' \u200b'), 'zero-width', ENGLISH],
    ['joiners in Latin', ENGLISH.replace(/(\p{L}{4})(\p{L})/gu, '$1\u200d$2'), 'zero-width', ENGLISH],
    ['marks of direction in Latin', ENGLISH.replace(/(\p{L}{4})(\p{L})/gu, '$1\u200e$2'), 'zero-width', ENGLISH],
    [
      'word joiners and byte-order marks',
      ENGLISH.replaceAll('e ', 'e\u2060 ').replaceAll('th', 't\ufeffh'),
      'zero-width',
      ENGLISH,
    ],
    ['no-break spaces', ENGLISH.replaceAll(' ', '\u00a0'), 'no-break-spaces', ENGLISH],
    ['narrow no-break spaces', ENGLISH.replaceAll(' ', '\u202f'), 'no-break-spaces', ENGLISH],
    [
      'figure spaces, some',
      ENGLISH.replaceAll('e t', 'e\u2007t').replaceAll('ed ', 'ed\u2007'),
      'no-break-spaces',
      ENGLISH,
    ],
    [
      'ligatures',
      ENGLISH.replaceAll('ffi', 'ﬃ').replaceAll('fi', 'ﬁ').replaceAll('fl', 'ﬂ').replaceAll('ff', 'ﬀ'),
      'ligatures',
      ENGLISH,
    ],
    [
      'full-width lines',
      ENGLISH.replace(/^T.*$/gm, (line) =>
        line.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
      ),
      'letter-width',
      ENGLISH,
    ],
    ['decomposed French', FRENCH.normalize('NFD'), 'accents', FRENCH],
    [
      'half of it decomposed',
      documentsOf(FRENCH)
        .map((own, index) => (index % 2 ? own.normalize('NFD') : own))
        .join('\n\n'),
      'accents',
      FRENCH.trim(),
    ],
    ['decomposed kana', JAPANESE.normalize('NFD'), 'accents', JAPANESE],
    [
      'decomposed Korean',
      '한국어로 쓴 글이 여기에 있습니다. 강가에서 노래를 불렀습니다.'.normalize('NFD'),
      'accents',
      '한국어로 쓴 글이 여기에 있습니다. 강가에서 노래를 불렀습니다.',
    ],
    [
      'decomposed Vietnamese',
      CLEAN_TEXTS['Vietnamese']?.normalize('NFD') ?? '',
      'accents',
      CLEAN_TEXTS['Vietnamese'] ?? '',
    ],
    ['soft hyphens', ENGLISH.replace(/(\p{L}{3})(\p{L}{3})/gu, '$1\u00ad$2'), 'soft-hyphens', ENGLISH],
    ['French read as Latin-1', misread(FRENCH, 'latin1'), 'mojibake', FRENCH],
    ['French read as Mac Roman', misread(FRENCH, 'macintosh'), 'mojibake', FRENCH],
    ['French misread twice', misread(misread(FRENCH, 'latin1'), 'latin1'), 'mojibake', FRENCH],
    ['Russian read as Windows-1251', misread(RUSSIAN, 'windows-1251'), 'mojibake', RUSSIAN],
    ['Russian read as KOI8-R', misread(RUSSIAN, 'koi8-r'), 'mojibake', RUSSIAN],
    [
      'Russian, half of it misread',
      documentsOf(RUSSIAN)
        .map((own, index) => (index % 2 ? misread(own, 'latin1') : own))
        .join('\n\n'),
      'mojibake',
      RUSSIAN.trim(),
    ],
    ['Polish read as Windows-1250', misread(POLISH, 'windows-1250'), 'mojibake', POLISH],
    ['Hebrew read as Latin-1', misread(HEBREW, 'latin1'), 'mojibake', HEBREW],
    ['Chinese read as Latin-1', misread(CHINESE, 'latin1'), 'mojibake', CHINESE],
    [
      'quotation marks read as control characters',
      ENGLISH.replaceAll("'", '\u0092'),
      'mojibake',
      ENGLISH.replaceAll("'", '’'),
    ],
    ['escaped line ends', ENGLISH.replaceAll('\n', '\\n'), 'escapes', ENGLISH],
    ['line ends of Windows, escaped twice', ENGLISH.replaceAll('\n', '\\\\r\\\\n'), 'escapes', ENGLISH],
  ];
  test.each(rows)('%s', async (_, damaged, name, oracle) => {
    expect((await check(damaged)).map((finding) => finding.name)).toContain(name);
    const repaired = await repair(damaged, name);
    expect(repaired).toBe(oracle);
    expect((await check(repaired)).map((finding) => finding.name)).not.toContain(name);
  });

  test('Windows-1252, whose quotation marks are three signs, and a lost one', async () => {
    const text = 'â€œLÃ©gendeâ€\u009d, said donâ€™t â€” Ã\u00a0 la carte.\nâ€œWhereâ€?';
    expect(await repair(text, 'mojibake')).toBe('“Légende”, said don’t — à la carte.\n“Where”?');
  });
});

test('a text that was misread on the way is read as it is, with its control characters', async () => {
  const bytes = new TextEncoder().encode(misread(CHINESE, 'latin1'));
  const { sources } = await readTexts([{ name: 'a.txt', bytes: async () => bytes }]);
  expect((await repairTexts(sources, ['mojibake'])).sources).toEqual([{ name: 'a.txt', text: CHINESE }]);
});

test.each([
  ['Russian', 'windows-1251-russian', 'windows-1251-russian'],
  ['Russian in KOI8-R', 'koi8-r-russian', 'koi8-r-russian'],
  ['Polish', 'iso-8859-2-polish', 'iso-8859-2-polish'],
  ['Hebrew', 'windows-1255-hebrew', 'windows-1255-hebrew'],
  ['Chinese', 'gbk-chinese', 'gbk-chinese'],
])('a whole text of another encoding that was read as Latin-1 comes back: %s', async (_, file, oracle) => {
  const shown = readFileSync(new URL(`../../../e2e/cases/texts/${file}.txt`, import.meta.url), 'latin1');
  expect((await check(shown)).map(({ name }) => name)).toEqual(['mojibake']);
  expect(await repair(shown, 'mojibake')).toBe(expected(oracle));
});

const GUTENBERG = 'PROJECT GUTENBERG EBOOK THE FERRY YEARS ***';
const framed = (head: string, foot: string): string => `${head}\n\n${ENGLISH}\n\n${foot}\n`;

test.each([
  [`*** START OF THE ${GUTENBERG}`, 'Project Gutenberg'],
  ['Exported from Wikisource on March 3, 2020', 'Wikisource'],
  ['Projekt Gutenberg-DE', 'Projekt Gutenberg-DE'],
  ['Google\n\nThis is a digital copy of a book that was preserved for generations', 'Google Books'],
  ['Digitized by the Internet Archive\nin 2007', 'the Internet Archive'],
])('a frame is called by its library: %s', async (head, library) => {
  const [finding] = await check(framed(head, ''));
  expect(finding?.sentence).toContain(`added by ${library}.`);
});

describe('what is no part of a text goes, and its words stay', () => {
  const rows: Row[] = [
    [
      'Gutenberg',
      framed(
        `Title: X\n\n*** START OF THE ${GUTENBERG}\n\nProduced by Jane Doe\nand others`,
        `*** END OF THE ${GUTENBERG}\n\nSection 1.`,
      ),
      'frame',
      ENGLISH,
    ],
    [
      'Gutenberg, about 2010',
      framed(
        `*** START OF THIS ${GUTENBERG}`,
        `End of the Project Gutenberg EBook of X\n\n*** END OF THIS ${GUTENBERG}\n\n***** This file`,
      ),
      'frame',
      ENGLISH,
    ],
    [
      'Gutenberg, about 1993',
      framed(
        '***START**THE SMALL PRINT!**FOR ETEXTS**START***\nWhy?\n*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*',
        'End of Project Gutenberg Etext of X',
      ),
      'frame',
      ENGLISH,
    ],
    [
      'two books of Gutenberg',
      framed(
        `*** START OF THE ${GUTENBERG}`,
        `*** END OF THE ${GUTENBERG}\n\nlicence\n\n*** START OF THE ${GUTENBERG}\n\n${FRENCH}\n*** END OF THE ${GUTENBERG}\nlicence`,
      ),
      'frame',
      `${ENGLISH} ${FRENCH}`,
    ],
    [
      'two books of Gutenberg whose starts were cut off',
      `${ENGLISH}\n\nEnd of Project Gutenberg's X\n\n${`${FRENCH}\n`.repeat(601)}`,
      'frame',
      `${ENGLISH} ${`${FRENCH} `.repeat(601)}`.trim(),
    ],
    [
      'Gutenberg-DE',
      framed('Projekt Gutenberg-DE', 'Dieses Buch wurde Ihnen vom Projekt Gutenberg-DE zur Verfügung gestellt.'),
      'frame',
      ENGLISH,
    ],
    [
      'Wikisource',
      framed(
        'Exported from Wikisource on March 3, 2020',
        'About this digital edition\n\nThis e-book comes from the online library Wikisource.\n\nIt is free.',
      ),
      'frame',
      ENGLISH,
    ],
    [
      'Google Books',
      framed(
        'This is a digital copy of a book that was preserved for generations\n\nUsage guidelines\n\nat http://books.google.com/',
        '',
      ),
      'frame',
      ENGLISH,
    ],
    [
      'Internet Archive',
      framed('Digitized by the Internet Archive\nin 2007 with funding from\nMicrosoft Corporation', ''),
      'frame',
      ENGLISH,
    ],
    [
      'HathiTrust, on every page',
      lines
        .map((line, index) =>
          index % 8 === 7 ? `${line}\n\nDigitized by Google\n\nOriginal from\nUNIVERSITY OF MICHIGAN\n` : line,
        )
        .join('\n'),
      'frame',
      ENGLISH,
    ],
    [
      'Aozora Bunko',
      `題名\n\n${'-'.repeat(40)}\n【テキスト中に現れる記号について】\n《》：ルビ\n${'-'.repeat(40)}\n\n${JAPANESE}\n\n底本：「全集」\n入力：誰か\n`,
      'frame',
      `題名 ${JAPANESE}`,
    ],
    ['- 12 -', paginate((page) => ['', `- ${page} -`, '']), 'pages', ENGLISH],
    ['[12]', paginate((page) => ['', `[${page}]`, '']), 'pages', ENGLISH],
    ['Page 12 of 40', paginate((page) => ['', `Page ${page} of 40`, '']), 'pages', ENGLISH],
    ['Seite 12', paginate((page) => ['', `Seite ${page}`, '']), 'pages', ENGLISH],
    ['a number alone', paginate((page) => [String(page)]), 'pages', ENGLISH],
    ['Roman numerals', paginate((page) => ['', ROMAN[page - 11] ?? '', '']), 'pages', ENGLISH],
    [
      'Arabic digits',
      paginate((page) => ['', String(page).replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))), '']),
      'pages',
      ENGLISH,
    ],
    [
      'heads left and right',
      paginate(
        (page) => ['', String(page)],
        (page) => [page % 2 ? 'THE FERRY YEARS' : 'A. MARTEN', ''],
      ),
      'pages',
      ENGLISH,
    ],
    [
      'heads with numbers',
      paginate(
        () => [''],
        (page) => [page % 2 ? `The Ferry Years   ${page}` : `${page}   A. Marten`, ''],
      ),
      'pages',
      ENGLISH,
    ],
    [
      'a head alone',
      paginate(
        () => [''],
        () => ['The Ferry Years', ''],
      ),
      'pages',
      ENGLISH,
    ],
    ['form feeds', paginate(() => ['\f']), 'pages', ENGLISH],
    [
      '[Pg 12] within lines',
      lines.map((line, index) => (index % 4 === 1 ? line.replace(' ', ` [Pg ${index + 5}] `) : line)).join('\n'),
      'pages',
      ENGLISH,
    ],
    ['hyphens', hyphenate('-'), 'hyphens', ENGLISH],
    ['hyphens of Unicode', hyphenate('\u2010'), 'hyphens', ENGLISH],
    ['hyphens of scans', hyphenate('¬'), 'hyphens', ENGLISH],
    ['double hyphens', hyphenate('='), 'hyphens', ENGLISH],
    ['soft hyphens at line ends', hyphenate('\u00ad'), 'soft-hyphens', ENGLISH],
    [
      'hyphens, the lines joined as well',
      read('e2e/cases/texts/hyphens-at-line-ends.txt'),
      'wrapped-lines',
      expected('hyphens-at-line-ends'),
    ],
    ['<s> and </s>', lines.map((line) => `<s> ${line} </s>`).join('\n'), 'special-tokens', ENGLISH],
    ['<|endoftext|> between documents', documentsOf(ENGLISH).join('<|endoftext|>'), 'special-tokens', ENGLISH],
    [
      '[MASK] and [SEP]',
      ENGLISH.replace('It ', '[MASK] It ').replaceAll('.\n', '. [SEP]\n'),
      'special-tokens',
      ENGLISH,
    ],
  ];
  test.each(rows)('%s', async (_, damaged, name, oracle) => {
    expect((await check(damaged)).map((finding) => finding.name)).toContain(name);
    const repaired = await repair(damaged, name);
    expect(wordsOf(repaired)).toBe(wordsOf(oracle));
    expect((await check(repaired)).map((finding) => finding.name)).not.toContain(name);
  });
});

test('form feeds between documents are named, and become blank lines', async () => {
  const text = documentsOf(ENGLISH).join('\n\f\n');
  const [finding] = await check(text);
  expect(finding?.sentence).toMatch(/^\d+ page numbers, running heads and form feeds from a printed book/);
  expect(finding?.repaired).toMatch(/^\d+ page numbers, running heads and form feeds removed$/);
  expect(await repair(text, 'pages')).toBe(documentsOf(ENGLISH).join('\n\n'));
});

describe('wrapped paragraphs are lines again', () => {
  test.each([
    ['at 40', wrapAll(ENGLISH, 40), ENGLISH],
    ['at 60', wrapAll(ENGLISH, 60), ENGLISH],
    ['at 80, beginnings indented', paragraphs.map((own) => wrap(own, 80, '    ')).join('\n'), ENGLISH],
    ['at 66, all indented', wrapAll(ENGLISH, 66).replace(/^(?=.)/gm, '     '), ENGLISH],
    ['in German, which has more capitals', wrapAll(GERMAN, 65), GERMAN],
    ['in Russian', wrapAll(RUSSIAN, 60), RUSSIAN],
    ['in Hebrew', wrapAll(HEBREW, 50), HEBREW],
    ['in Chinese', cutAll(CHINESE, 30), CHINESE],
    ['in Japanese', cutAll(JAPANESE, 35), JAPANESE],
  ])('%s', async (_, wrapped, oracle) => {
    const [finding] = await check(wrapped);
    expect(finding).toMatchObject({ name: 'wrapped-lines', count: documentsOf(oracle).length });
    const repaired = await repair(wrapped, 'wrapped-lines');
    expect(lettersOf(repaired)).toBe(lettersOf(oracle));
    expect(repaired.trim().split(/\n+/)).toHaveLength(documentsOf(oracle).length);
    expect(await check(repaired)).toEqual([]);
  });

  test('verse that is quoted between them keeps its lines', async () => {
    const verse = 'Row on, row on,\nthe river is long,\nand the lamp is lit\non the other side.';
    const wrapped = wrapAll(ENGLISH, 70).replace('\n\n', `\n\n${verse}\n\n`);
    expect(await repair(wrapped, 'wrapped-lines')).toContain(`\n\n${verse}\n\n`);
  });

  test('a word keeps the hyphen that it has elsewhere', async () => {
    const text = `${hyphenate('-')}\n\nThe well-known ferry.\nHe was a well-\nknown man.`;
    expect(await repair(text, 'hyphens')).toContain('He was a well-known\nman.');
  });
});

describe('duplicates', () => {
  const [first = '', second = '', third = ''] = documentsOf(ENGLISH);

  test.each([
    ['a copy', first],
    ['a copy in capitals, without its signs', first.toUpperCase().replace(/[.,]/g, '')],
    ['a copy in Chinese, which says as much in fewer characters', documentsOf(CHINESE)[3] ?? '', CHINESE],
    ['a copy with a word changed', second.replace(/ (the|a) /, ' one ')],
  ])('%s is found and left out', async (_, copy, oracle = ENGLISH) => {
    const text = `${oracle}\n${copy}\n`;
    const [finding] = await check(text);
    expect(finding).toMatchObject({ name: 'duplicates', count: 1 });
    expect(wordsOf(await repair(text, 'duplicates'))).toBe(wordsOf(oracle));
  });

  test('a file that was chosen twice is left out as a whole', async () => {
    const sources = [
      { name: 'a.txt', text: ENGLISH },
      { name: 'a (1).txt', text: ENGLISH.replaceAll('\n', '\n ') },
    ];
    expect(await checkTexts(sources)).toMatchObject([{ name: 'duplicates', count: 12 }]);
    expect((await repairTexts(sources, ['duplicates'])).sources).toEqual([sources[0]]);
  });

  test('a poem that was typed twice is found, though its stanzas are short', async () => {
    const sonnets = documentsOf(read('public/data/sonnets.txt'))
      .slice(0, 5)
      .flatMap((sonnet) => sonnet.match(/(?:.+\n?){1,4}/g) ?? []);
    const text = [...sonnets, ...sonnets].map((stanza) => stanza.trim()).join('\n\n');
    expect(await check(text)).toMatchObject([{ name: 'duplicates', count: sonnets.length }]);
  });

  test('of a text without blank lines the lines', async () => {
    const long = third.replaceAll('\n', ' ');
    const text = [...lines, long, lines[0], long].join('\n');
    expect(await check(text)).toMatchObject([
      {
        name: 'duplicates',
        count: 1,
        sentence: expect.stringContaining('1 duplicate line: text that occurs more than once'),
      },
    ]);
    expect(wordsOf(await repair(text, 'duplicates'))).toBe(wordsOf([...lines, long, lines[0]].join('\n')));
  });
});

describe('repairs', () => {
  test('all together undo all damages, in whatever order they are named', async () => {
    const book = hyphenate('-').replaceAll('fi', 'ﬁ').replaceAll(' the ', ' the\u00a0');
    const text = `Title\n\n*** START OF THE ${GUTENBERG}\n\n${book}\n\n*** END OF THE ${GUTENBERG}\nlicence\n`;
    const names = (await check(text)).map((finding) => finding.name);
    expect(names).toEqual(['no-break-spaces', 'ligatures', 'frame', 'hyphens', 'wrapped-lines']);
    const repaired = await repair(text, ...names.toReversed());
    expect(repaired).toBe(`${paragraphs.join('\n\n')}\n`);
    expect(await check(repaired)).toEqual([]);
    const { repairs } = await repairTexts(sourcesOf(text), [...names, 'mojibake']);
    expect(repairs.map(({ name }) => name)).toEqual([
      'no-break-spaces',
      'ligatures',
      'frame',
      'hyphens',
      'wrapped-lines',
    ]);
  });

  test('what they are given stays as it is, and no repair changes nothing', async () => {
    const sources = Object.freeze(sourcesOf(ENGLISH.replaceAll(' ', '\u00a0')).map(Object.freeze)) as ReturnType<
      typeof sourcesOf
    >;
    expect((await repairTexts(sources, [])).sources).toBe(sources);
    expect((await repairTexts(sources, ['frame'])).sources).toBe(sources);
    await repairTexts(sources, ['no-break-spaces']);
    expect(sources[0]?.text).toContain('\u00a0');
  });

  /** Letters, spaces and everything that a repair may remove, change or move. */
  const pieces = fc.array(
    fc.constantFrom(
      ...'abc éÉ.-\n',
      'the ',
      'ﬁ',
      '\u00a0',
      '\u200b',
      '\u200c',
      '\u00ad',
      '-\n',
      'e\u0301',
      '\n\n',
      '\f',
      '12\n',
      'Ã©',
      'â€™',
      '\\n',
      '<mask>',
      'Ａ',
      'می',
      '語',
      '\ud83d\ude00',
      '\u0092',
    ),
    { maxLength: 120 },
  );

  test.each(REPAIR_NAMES)('%s: a second time changes nothing, and other letters stay', async (name) => {
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const text = parts.join('');
        const once = await repair(text, name);
        expect(await repair(once, name)).toBe(once);
        // What none of them is about: these stay in number and order.
        const others = (whole: string): string => whole.replace(/[^b語]/gu, '');
        expect(others(once)).toBe(others(text));
      }),
      { numRuns: 150, seed: 14 },
    );
  });

  test('a text of several parts is repaired as one', async () => {
    const text = `${ENGLISH}\n`.repeat(1200);
    const damaged = text.replaceAll('fi', 'ﬁ');
    expect(damaged.length).toBeGreaterThan(3_500_000);
    const [finding] = (await check(damaged)).filter(({ name }) => name === 'ligatures');
    expect(finding?.count).toBe(damaged.split('ﬁ').length - 1);
    expect(await repair(damaged, 'ligatures')).toBe(text);
  });
});
