/** What is read, what is converted, and what is refused; the oracles are Python's codecs, csv, json and archives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, StudioError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { type ReadingChoice, readingNotices } from './reading/reading.ts';
import { MAX_TEXT_BYTES, readTexts } from './readText.ts';

/** A file read as one text. */
async function readText(bytes: Uint8Array, name: string, choice: ReadingChoice = {}) {
  const { sources, readings } = await readTexts([{ name, bytes: async () => bytes }], () => choice);
  const [reading] = readings;
  if (reading === undefined) throw new Error('nothing was read');
  return { text: sources.map(({ text }) => text).join('\n\n'), notices: readingNotices(readings), reading };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
/** Latin-1: a character is its byte. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const refusal = (code: ErrorCode, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining({ name: 'poem.txt', ...details }) });

interface Golden {
  readonly name: string;
  readonly format: string;
  readonly bytes: string;
  /** Byte for byte; or only its words. Neither: it is refused. */
  readonly text?: string;
  readonly words?: string;
}

const ROOT = join(import.meta.dirname, '../..');
const GOLDEN = JSON.parse(readFileSync(join(ROOT, 'test/golden/reading.json'), 'utf8')) as Golden[];
const contentOf = ({ bytes }: Golden): Uint8Array => new Uint8Array(Buffer.from(bytes, 'base64'));
const withoutSpaces = (text: string): string => text.replaceAll(/\s+/g, '');

describe('what Python wrote', () => {
  test.each(GOLDEN.map((golden) => [golden.name, golden] as const))('%s', async (name, golden) => {
    if (golden.text === undefined && golden.words === undefined) {
      await expect(readText(contentOf(golden), name)).rejects.toThrow(expect.objectContaining({ code: 'dataFormat' }));
      return;
    }
    const { text, notices, reading } = await readText(contentOf(golden), name);
    if (golden.text === undefined) expect(withoutSpaces(text)).toBe(withoutSpaces(golden.words ?? ''));
    else expect(text).toBe(golden.text);
    expect(reading.format).toBe(golden.format);
    const isPlain = golden.format === 'plain' && /utf-8-sig/.test(name);
    expect(notices.length > 0).toBe(!isPlain);
  });
});

/** Ten words a line and more, of which the first is a number, as columns of a treebank have it. */
const NUMBERED = Array.from(
  { length: 24 },
  (_, at) => `${at + 1} and the ferry went over the river ${'again '.repeat(at % 5)}`,
)
  .join('\n')
  .concat('\n');

const PLAY = 'ANNA.\tThe ferry is late again.\nTHE MILLER.\tIt was late in my youth, too.\n'.repeat(6);

describe('UTF-8', () => {
  test.each([
    ['plain', utf8('to be\nor not'), 'to be\nor not'],
    ['with a byte-order mark', bytesOf(0xef, 0xbb, 0xbf, 0x61), 'a'],
    ['with U+FEFF further on', utf8('a\ufeffb'), 'a\ufeffb'],
    ['Windows line ends', utf8('a\r\n\r\nb\r\n'), 'a\n\nb\n'],
    ['old Mac line ends', utf8('a\rb\r'), 'a\nb\n'],
    ['all line ends', utf8('\r\n\r\r\n\na'), '\n\n\n\na'],
    ['line ends that were converted twice', utf8('a\r\r\nb\r\r\n\r\r\nc\r\r\n'), 'a\nb\n\nc\n'],
    ['other scripts', utf8('Я помню чудное мгновенье\n春はあけぼの 😀'), 'Я помню чудное мгновенье\n春はあけぼの 😀'],
    ['form feed and other white space', utf8('a\fb\u2009c\u3000d'), 'a\fb\u2009c\u3000d'],
    ['lines with numbers', utf8(NUMBERED), NUMBERED],
    ['a play with tabs behind its speakers', utf8(PLAY), PLAY],
    ['U+FFFD that is written', utf8('what \ufffd is this'), 'what \ufffd is this'],
  ])('%s: nothing is said', async (_, bytes, text) => {
    expect(await readText(bytes, 'poem.txt')).toMatchObject({
      text,
      notices: [],
      reading: { encodings: [], formats: [] },
    });
  });

  const clean = GOLDEN.filter(({ format, text }) => format === 'plain' && text !== undefined);
  test.each(clean.map(({ name, text = '' }) => [name.replace(/-.*/, ''), text] as const))(
    'a clean text (%s): nothing is said',
    async (_, text) => {
      expect(await readText(utf8(text), 'poem.txt')).toMatchObject({ text: text.replace('\ufeff', ''), notices: [] });
    },
  );

  test('the sonnets: nothing is said', async () => {
    const bytes = new Uint8Array(readFileSync(join(ROOT, 'public/data/sonnets.txt')));
    expect(await readText(bytes, 'sonnets.txt')).toMatchObject({
      notices: [],
      reading: { format: 'plain', formats: [] },
    });
  });

  test('does not change the bytes it was given', async () => {
    const bytes = utf8('a\r\nb');
    await readText(bytes, 'poem.txt');
    expect(bytes).toEqual(utf8('a\r\nb'));
  });
});

test('a table of a database that escapes quotation marks with a backslash', async () => {
  // What Python's csv.reader(doublequote=False, escapechar='\\') reads of it is the text.
  const table = `id,text\n${Array.from({ length: 8 }, (_, at) => `${at},"He said, \\"Row on\\", and rowed."`).join('\n')}\n`;
  const { text, reading } = await readText(utf8(table), 'poem.csv');
  expect(reading).toMatchObject({ format: 'csv', field: 'text' });
  expect(text.split('\n\n')[7]).toBe('He said, "Row on", and rowed.\n');
});

test('columns of TreeTagger, which knows no sentences', async () => {
  const columns = 'The\tDT\tthe\nferry\tNN\tferry\nwaits\tVVZ\twait\n.\tSENT\t.\n'.repeat(120);
  const { text, reading } = await readText(utf8(columns), 'poem.txt');
  expect(reading.format).toBe('conll');
  expect(text.trim()).toBe(Array(120).fill('The ferry waits.').join(' '));
});

describe('what is damaged', () => {
  const book = 'Ein schöner Tag für die Götter und Bäume.\n'.repeat(20);

  test('a byte of another encoding is counted and placed, and can be read as a letter', async () => {
    const bytes = Uint8Array.from([...utf8(book), ...latin1('Caf\xe9 am Fluß.\n'), ...utf8(book)]);
    const { text, notices, reading } = await readText(bytes, 'poem.txt');
    expect(text).toBe(`${book}Caf\ufffd am Flu\ufffd.\n${book}`);
    expect(notices).toEqual([
      expect.stringMatching(/^“poem\.txt” has 2 damaged bytes that are not UTF-8, in line 21;/),
    ]);
    expect(reading.encodings).toContain('utf-8+windows-1252');
    const mended = await readText(bytes, 'poem.txt', { encoding: 'utf-8+windows-1252' });
    expect(mended.text).toBe(`${book}Café am Fluß.\n${book}`);
  });

  test('a third of the signs are of another encoding: it is UTF-8 all the same', async () => {
    const signs = ['’', '’', '\x92'].map((sign) => (sign === '’' ? [...utf8(sign)] : [0x92]));
    const bytes = Uint8Array.from(signs.flatMap((sign) => [...utf8('the ferryman'), ...sign, ...utf8('s boat\n')]));
    const { text, reading } = await readText(bytes, 'poem.txt');
    expect(reading.encoding).toBe('utf-8');
    expect(text).toBe('the ferryman’s boat\nthe ferryman’s boat\nthe ferryman\ufffds boat\n');
  });

  test('a file that was cut within a letter loses the letter', async () => {
    const { text, notices } = await readText(utf8(`${book}ö`).slice(0, -1), 'poem.txt');
    expect(text).toBe(book);
    expect(notices).toEqual([expect.stringContaining('cut off')]);
  });

  test('letters that were lost before are counted', async () => {
    const lost = book.replaceAll('ö', '\ufffd');
    const { text, notices } = await readText(utf8(lost), 'poem.txt');
    expect(text).toBe(lost);
    expect(notices).toEqual([expect.stringMatching(/“�” in place of 40 characters/)]);
  });

  test('UTF-16 of an odd number of bytes', async () => {
    const bytes = Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x62, 0, 0x63]);
    expect((await readText(bytes, 'poem.txt')).text).toBe('ab');
  });

  test.each([
    ['zeros at the end', utf8(`${book}\0\0`), /2 null bytes or Ctrl-Z at its end/],
    ['Ctrl-Z at the end', utf8(`${book}\x1a`), /1 null byte or Ctrl-Z at its end/],
    ['a zero within', utf8(`${book.slice(0, -3)}\0${book.slice(-3)}`), /1 null byte/],
    ['the mark of a file that was joined', utf8(`${book.slice(0, 42)}\ufeff${book.slice(42)}`), /1 byte-order mark/],
    ['colours of a terminal', utf8(book.replace('schöner', '\x1b[1;31mschöner\x1b[0m')), /2 terminal escape sequences/],
    ['other control characters', utf8(`${book.slice(0, 9)}\x02${book.slice(9)}\x04`), /2 control characters/],
  ])('%s: removed', async (_, bytes, notice) => {
    const { text, notices } = await readText(bytes, 'poem.txt');
    expect(text).toBe(book);
    expect(notices).toEqual([expect.stringMatching(notice)]);
  });
});

describe('Windows-1252', () => {
  test('is converted, with a notice that names the file', async () => {
    const bytes = latin1(
      'Le c\x9cur d\x92un po\xe8te sur \xabl\x92\xe9t\xe9\xbb, et le prix d\x92une place \x97 5\xa0\x80\r\nna\xefve fa\xe7ade, stra\xdfe',
    );
    const { text, notices, reading } = await readText(bytes, 'poem.txt');
    expect(text).toBe('Le cœur d’un poète sur «l’été», et le prix d’une place — 5\u00a0€\nnaïve façade, straße');
    expect(notices).toEqual([expect.stringMatching(/^“poem\.txt” is not UTF-8.*Windows-1252/)]);
    expect(reading.encodings[0]).toBe('windows-1252');
  });

  test('longer than a chunk', async () => {
    const text = 'garçon '.repeat(5000);
    expect((await readText(latin1(text), 'poem.txt')).text).toBe(text);
  });

  test('every byte from 0x80 on that it defines', async () => {
    const upper = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
    const defined = Array.from({ length: 32 }, (_, i) => 0x80 + i).filter(
      (byte) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte),
    );
    const { text } = await readText(Uint8Array.from(defined), 'poem.txt', { encoding: 'cp1252' });
    expect(text).toBe(upper);
  });
});

describe('what a person chooses', () => {
  const table = utf8(`id,verse,prose\n${'1,"a line, of verse",a much longer line of prose\n'.repeat(12)}`);

  test('another column', async () => {
    const read = await readText(table, 'a.csv', { field: 'verse' });
    expect(read.text.split('\n\n')).toHaveLength(12);
    expect(read.text).toMatch(/^a line, of verse\n\n/);
    expect(read.reading.field).toBe('verse');
    expect((await readText(table, 'a.csv', { field: '2' })).text).toBe(read.text);
  });

  test('plain text, with all its signs', async () => {
    const { text, reading } = await readText(table, 'a.csv', { format: 'plain' });
    expect(text).toBe(new TextDecoder().decode(table));
    expect(reading.formats).toEqual(['csv', 'plain']);
  });

  test('another encoding', async () => {
    const { text } = await readText(bytesOf(0xc4, 0xc5, 0xc6), 'a.txt', { encoding: 'KOI8-R' });
    expect(text).toBe('деф');
  });

  test.each([
    ['an encoding', { encoding: 'klingon-8' }],
    ['a format', { format: 'runes' }],
    ['a column', { field: 'poem' }],
  ])('%s that there is not', async (_, choice) => {
    const known = expect.stringContaining('');
    await expect(readText(table, 'poem.txt', choice)).rejects.toThrow(refusal('dataChoice', { known }));
  });
});

describe('refused', () => {
  test.each([
    ['empty', bytesOf(), 'dataEmpty'],
    ['white space only', utf8('\ufeff \r\n\t\n'), 'dataEmpty'],
    ['a null byte among a few', utf8('a\u0000b and more'), 'dataBinary'],
    ['many control bytes', utf8('ab\u0001\u0002\u0003'), 'dataBinary'],
    ['bytes of chance', bytesOf(...Array.from({ length: 500 }, (_, at) => (at * at * 7 + 3 * at) % 256)), 'dataBinary'],
  ] as const)('%s', async (_, bytes, code) => {
    await expect(readText(bytes, 'poem.txt')).rejects.toThrow(refusal(code));
  });

  const zip = contentOf(GOLDEN.find(({ name }) => name === 'poems.docx') as Golden);
  test.each([
    ['a PNG', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'a PNG image, not plain text'],
    ['a PDF', utf8('%PDF-1.7\nplain so far'), 'a PDF document, not plain text'],
    [
      'an old Word document',
      latin1(`\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${'\0'.repeat(99)}`),
      'an old-format Office document (.doc, .xls or .ppt), not plain text',
    ],
    ['a rich text', utf8('{\\rtf1\\ansi Hello}'), 'a rich text document (RTF), not plain text'],
    ['an archive that browsers can’t open', latin1('Rar!\x1a\x07\0'), 'a RAR archive, not plain text'],
    ['a database', utf8('SQLite format 3\0'), 'an SQLite database, not plain text'],
    ['a Parquet file', utf8('PAR1\x15\x04'), 'a Parquet file, not plain text'],
    ['a pointer', utf8('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'), undefined],
    [
      'a page that there is not',
      utf8('<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>'),
      'a web page that says “404 Not Found”, saved in place of the text',
    ],
    [
      'a server’s answer',
      utf8('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'),
      'a server’s error message, saved in place of the text',
    ],
    [
      'a server’s answer in JSON',
      utf8('{"error":{"code":404,"message":"File not found"}}'),
      'a server’s error message, saved in place of the text',
    ],
  ] as const)('%s, by its name', async (_, bytes, kind) => {
    await expect(readText(bytes, 'poem.txt')).rejects.toThrow(refusal('dataKind', kind === undefined ? {} : { kind }));
  });

  test('a zip that is damaged', async () => {
    await expect(readText(zip.slice(0, -30), 'poem.txt')).rejects.toThrow(
      refusal('dataUnreadable', { isDamaged: true }),
    );
  });

  test('too large, by size alone', async () => {
    const bytes = new Uint8Array(MAX_TEXT_BYTES + 1);
    await expect(readText(bytes, 'poem.txt')).rejects.toThrow(
      refusal('dataTooLarge', { sizeBytes: MAX_TEXT_BYTES + 1, maximumBytes: MAX_TEXT_BYTES }),
    );
  });
});

test('texts of several files, and of an archive, each by its name', async () => {
  const files = ['poems.zip', 'comma.csv'].map((name) => {
    const golden = GOLDEN.find((each) => each.name === name) as Golden;
    return { name, bytes: async () => contentOf(golden) };
  });
  const { sources, readings } = await readTexts(files);
  expect(sources.map(({ name }) => name).slice(0, 2)).toEqual(['poems/00.txt', 'poems/01.txt']);
  expect(sources.at(-1)?.name).toBe('comma.csv');
  expect(readings.map(({ notes }) => notes[0])).toEqual([
    expect.stringMatching(/^It is a zip archive: 12 texts were read\. Left out: cover\.png\.$/),
    expect.stringMatching(/^It is a table \(CSV.*column “Text”.*Left out: “number”, “poet”\.$/),
  ]);
});

test.each([
  [
    'page.html',
    '<!DOCTYPE html><html><body><nav>Home</nav><p>The ferry is late.</p></body></html>',
    / the tags were left out\. Also left out: navigation\.$/,
  ],
  [
    'play.xml',
    '<TEI><text><front><p>To the reader.</p></front><body><p>The ferry is late.</p></body></text></TEI>',
    / Left out: 1 front-matter section\.$/,
  ],
])('what is left out of %s is named', async (name, text, note) => {
  const { readings } = await readTexts([{ name, bytes: async () => utf8(text) }]);
  expect(readings[0]?.notes[0]).toMatch(note);
});

test('whatever is changed in a file, it is read or refused by a sentence', async () => {
  const rng = createRng(7);
  for (const golden of GOLDEN) {
    for (let round = 0; round < 8; round++) {
      const bytes = mutate(contentOf(golden), (limit) => Math.floor(rng.next() * limit));
      try {
        await readText(bytes, golden.name);
      } catch (thrown) {
        if (!(thrown instanceof StudioError) || thrown.code === 'internal')
          throw new Error(`${golden.name}, round ${round}`, { cause: thrown });
      }
    }
  }
});

/** Cut, changed, doubled or mixed at places of chance. */
function mutate(bytes: Uint8Array, below: (limit: number) => number): Uint8Array {
  const [from, to] = [below(bytes.length), below(bytes.length)].sort((a, b) => a - b) as [number, number];
  const kind = below(4);
  if (kind === 0) return bytes.slice(0, to);
  if (kind === 1) return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]);
  if (kind === 2) return Uint8Array.from([...bytes.subarray(0, to), ...bytes.subarray(from)]);
  const changed = bytes.slice();
  for (let i = 0; i < 8; i++) changed[below(changed.length)] = below(256);
  return changed;
}
