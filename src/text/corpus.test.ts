/** Documents, lines, the held-out draw, what the tokenizer reads, and the figures. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildCorpus,
  type Corpus,
  corpusStatistics,
  MIN_CHARACTERS,
  splitDocuments,
  tokenizerSequences,
} from './corpus.ts';
import { documentLines, documentsOf, twinsOf } from './documentTable.ts';
import { segmentWords } from './words/words.ts';

const sonnetsText = readFileSync(new URL('../../public/data/sonnets.txt', import.meta.url), 'utf8');
const sonnets = buildCorpus([{ name: 'sonnets', text: sonnetsText }]);

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
const corpusOf = (...texts: string[]): Corpus =>
  buildCorpus(texts.map((text, index) => ({ name: `${index}.txt`, text })));
const allDocuments = (corpus: Corpus): string[][] =>
  Array.from({ length: corpus.documents.length }, (_, index) => documentLines(corpus, index));
/** A line that makes a text long enough. */
const FILLER = `${'long '.repeat(MIN_CHARACTERS / 5)}line`;

describe('documents', () => {
  test('documents are found, and compared, once while a text stays', () => {
    const sources = [{ name: 'a', text: 'one\n\ntwo\n' }];
    expect(twinsOf(documentsOf(sources))).toBe(twinsOf(documentsOf(sources)));
    expect(documentsOf([...sources])).not.toBe(documentsOf(sources));
  });

  test('the sonnets are 154 documents of 2,155 lines', () => {
    const documents = allDocuments(sonnets);
    expect(documents).toEqual(
      sonnetsText
        .trim()
        .split('\n\n')
        .map((sonnet) => sonnet.split('\n')),
    );
    expect(documents).toHaveLength(154);
    expect(documents[0]?.[0]).toBe('From fairest creatures we desire increase,');
    expect(sonnets.notices).toEqual([]);
  });

  test('blank lines and ends of files separate them; lines stay as they are', () => {
    const nine = Array.from({ length: 9 }, (_, index) => `document ${index}`).join('\n\n');
    const corpus = corpusOf(`\n \n${nine}\n \t\u3000\n\n  ${FILLER}  \nb`, 'c\n\n\n');
    expect(allDocuments(corpus).slice(8)).toEqual([['document 8'], [`  ${FILLER}  `, 'b'], ['c']]);
    expect(Array.from(corpus.documents.source.slice(8))).toEqual([0, 0, 1]);
    expect(Array.from(corpus.documents.lineCounts.slice(8))).toEqual([1, 2, 1]);
  });

  test('a text without blank lines is cut into sections of consecutive lines', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `this is line ${index}`);
    const corpus = corpusOf(lines.join('\n'));
    expect(corpus.documents).toHaveLength(40);
    expect(allDocuments(corpus).flat()).toEqual(lines);
    expect(corpus.notices).toEqual([
      'The text has no blank lines between documents, so it was cut into 40 sections of consecutive lines.',
    ]);
  });

  test('few documents are cut, and no section spans two', () => {
    const lines = Array.from({ length: 90 }, (_, index) => `this is line ${index}`);
    const corpus = corpusOf([lines.slice(0, 5), lines.slice(5)].map((part) => part.join('\n')).join('\n\n'));
    expect(allDocuments(corpus).flat()).toEqual(lines);
    expect(Array.from(corpus.documents.lineCounts.slice(0, 3))).toEqual([3, 2, 3]);
    expect(corpus.notices[0]).toContain('only 2 documents');
  });

  test.each([
    ['at the ends of sentences', 'The ferry left at nine. Who was “on board”? Nobody knew! ', /[.?!]”? $/],
    ['without spaces, at the ends of sentences', '船は九時に出た。誰が「乗って」いたのか？誰も知らない！', /[。？！]$/],
    ['where there are no sentences, at spaces', 'เรือออกเก้าโมง ไม่มีใครรู้ ', / $/],
  ])('a single line is cut %s', (_, sentence, end) => {
    const text = Array.from({ length: 120 }, (_, index) => `${index} ${sentence}`)
      .join('')
      .trim();
    const corpus = corpusOf(text);
    const sections = allDocuments(corpus);
    expect(sections.flat().join('')).toBe(text);
    expect(sections.length).toBeGreaterThan(20);
    for (const section of sections.slice(0, -1)) expect(section.join('')).toMatch(end);
    expect(corpus.notices).toEqual([expect.stringContaining(`a single line, so it was cut into ${sections.length}`)]);
    const split = splitDocuments(corpus, { heldOutShare: 0.1, splitSeed: 1 });
    expect(split.heldOutDocuments.length).toBeGreaterThan(1);
    const kept = [...tokenizerSequences(corpus, split)].join('');
    expect(kept).toBe(split.trainingDocuments.flatMap((index) => sections[index] ?? []).join(''));
  });

  test('a line without a space is cut between whole characters', () => {
    const text = '👩🏽‍🚀é'.normalize('NFD').repeat(300);
    const sections = allDocuments(corpusOf(text)).flat();
    expect(sections.join('')).toBe(text);
    expect(sections.length).toBeGreaterThan(10);
    for (const section of sections) expect(section).toMatch(/^(?![\udc00-\udfff]|\p{M})/u);
  });

  test('a title and a book in one line: the line is cut', () => {
    const corpus = corpusOf(`A title\n${'A sentence of the book. '.repeat(200)}`);
    expect(allDocuments(corpus)[0]).toEqual(['A title']);
    expect(corpus.documents.length).toBeGreaterThan(20);
  });

  test('a text too short says how short, a blank one that it is empty', () => {
    expect(() => corpusOf(' 春はあけぼの\n')).toThrow(
      expect.objectContaining({
        code: 'dataTooShort',
        details: { name: '0.txt', characters: 6, minimum: MIN_CHARACTERS },
      }),
    );
    expect(() => corpusOf('春'.repeat(MIN_CHARACTERS))).not.toThrow();
    expect(() => corpusOf(' \n\n')).toThrow(expect.objectContaining({ code: 'dataEmpty' }));
    expect(() => corpusOf()).toThrow(expect.objectContaining({ code: 'dataEmpty' }));
  });
});

describe('split', () => {
  test('a tenth of the sonnets, by seed', () => {
    const split = splitDocuments(sonnets, { heldOutShare: 0.1, splitSeed: 1 });
    expect(split.heldOutDocuments).toHaveLength(15);
    expect(split).toEqual(splitDocuments(sonnets, { heldOutShare: 0.1, splitSeed: 1 }));
    expect(split.heldOutDocuments).not.toEqual(
      splitDocuments(sonnets, { heldOutShare: 0.1, splitSeed: 2 }).heldOutDocuments,
    );
  });

  test('nothing at a share of 0', () => {
    const split = splitDocuments(sonnets, { heldOutShare: 0, splitSeed: 1 });
    expect(split.heldOutDocuments).toEqual([]);
    expect(split.trainingDocuments).toHaveLength(154);
  });

  test('near the share, every document on one side, neither side empty', () => {
    const documents = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(
        documents,
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.nat(),
        (sizes, heldOutShare, splitSeed) => {
          let line = 0;
          const documentOf = (lines: number): string =>
            Array.from({ length: lines }, () => `line ${line++} of a text without twins`).join('\n');
          const corpus = corpusOf(`${sizes.map(documentOf).join('\n\n')}${' '.repeat(MIN_CHARACTERS)}.`);
          const { heldOut, heldOutDocuments, trainingDocuments } = splitDocuments(corpus, { heldOutShare, splitSeed });
          expect([...heldOutDocuments, ...trainingDocuments].toSorted((a, b) => a - b)).toEqual(
            sizes.map((_, index) => index),
          );
          expect(heldOutDocuments).toEqual(sizes.flatMap((_, index) => (heldOut[index] === 1 ? [index] : [])));
          expect(heldOutDocuments.length).toBeGreaterThan(0);
          expect(trainingDocuments.length).toBeGreaterThan(0);
          const lines = heldOutDocuments.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
          const wanted = heldOutShare * sizes.reduce((sum, size) => sum + size, 0);
          expect(Math.abs(lines - wanted)).toBeLessThanOrEqual(15);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  test('without twins it is the one that it was before twins were known', () => {
    expect(splitDocuments(sonnets, { heldOutShare: 0.1, splitSeed: 1 }).heldOutDocuments).toEqual([
      2, 6, 9, 15, 24, 43, 46, 71, 77, 97, 109, 113, 121, 140, 152,
    ]);
    expect(splitDocuments(sonnets, { heldOutShare: 0.02, splitSeed: 2 }).heldOutDocuments).toEqual([44, 64, 151]);
    const lines = Array.from({ length: 200 }, (_, index) => `this is line ${index}`).join('\n');
    expect(splitDocuments(corpusOf(lines), { heldOutShare: 0.1, splitSeed: 2 }).heldOutDocuments).toEqual([
      2, 26, 28, 37,
    ]);
  });

  test('twins stay on one side, exact and near ones, whatever the seed', () => {
    const sonnet = (index: number): string => documentLines(sonnets, index).join('\n');
    const near = sonnet(2).replace('glass', 'mirror').toUpperCase();
    const corpus = corpusOf(`${sonnetsText}\n\n${sonnet(0)} !\n\n${near}`, `${sonnet(0).replaceAll('\n', ' ')}\n`);
    expect([...corpus.twins.slice(154)]).toEqual([0, 2, 0]);
    const parted = Array.from({ length: 60 }, (_, splitSeed) =>
      splitDocuments(corpus, { heldOutShare: 0.2, splitSeed }),
    );
    expect(parted.filter(({ heldOut }) => heldOut[0] !== heldOut[154] || heldOut[0] !== heldOut[156])).toEqual([]);
    expect(parted.filter(({ heldOut }) => heldOut[2] !== heldOut[155])).toEqual([]);
    expect(parted.filter(({ heldOut }) => heldOut[0] === 1).length).toBeGreaterThan(5);
  });

  test('a text of a run from before twins is cut and split as it was', () => {
    const [first = ''] = sonnetsText.split('\n\n');
    const corpus = buildCorpus([{ name: 'a.txt', text: `${sonnetsText}\n\n${first}` }], 1);
    expect([...corpus.twins]).toEqual(Array.from({ length: 155 }, (_, index) => index));
    expect(buildCorpus([{ name: 'a.txt', text: `${FILLER}. ${FILLER}.` }], 1).documents).toHaveLength(1);
  });

  test('where every document says the same, a share is held out all the same', () => {
    const corpus = corpusOf(Array(30).fill('The same sentence, over and over again.').join('\n\n'));
    expect(splitDocuments(corpus, { heldOutShare: 0.1, splitSeed: 1 }).heldOutDocuments).toHaveLength(3);
  });

  test('of two documents each stays on its side, even if both are larger than the share', () => {
    const corpus = corpusOf(FILLER, `${FILLER}\nb\nc`);
    const { heldOutDocuments, trainingDocuments } = splitDocuments(corpus, { heldOutShare: 0.01, splitSeed: 1 });
    expect(heldOutDocuments).toHaveLength(1);
    expect(trainingDocuments.length).toBeGreaterThan(0);
  });
});

describe('what the tokenizer reads', () => {
  test('with nothing held out, every line of every text, verbatim', () => {
    const texts = [`a\n\n b \n\n\n${FILLER}`, 'c\n'];
    const corpus = corpusOf(...texts);
    const split = splitDocuments(corpus, { heldOutShare: 0, splitSeed: 1 });
    expect([...tokenizerSequences(corpus, split)]).toEqual(texts.flatMap(linesOf));
  });

  test('with a share held out, the lines of the other documents, blank ones too', () => {
    const split = splitDocuments(sonnets, { heldOutShare: 0.1, splitSeed: 1 });
    const kept = split.trainingDocuments.flatMap((index) => documentLines(sonnets, index));
    const read = [...tokenizerSequences(sonnets, split)];
    expect(read.filter((line) => line !== '\n')).toEqual(kept.map((line) => `${line}\n`));
    expect(read.filter((line) => line === '\n')).toHaveLength(
      linesOf(sonnetsText).filter((line) => line === '\n').length,
    );
  });

  test('the last document of one text and the first of the next can be held out', () => {
    const corpus = corpusOf(`one\n\n${FILLER}`, 'three\n\nfour\n');
    const heldOut = Uint8Array.from([0, 1, 1, 0]);
    const split = { heldOut, trainingDocuments: [0, 3], heldOutDocuments: [1, 2] };
    expect([...tokenizerSequences(corpus, split)]).toEqual(['one\n', '\n', '\n', 'four\n']);
  });
});

describe('figures', () => {
  test('of the sonnets', () => {
    const split = splitDocuments(sonnets, { heldOutShare: 0.1, splitSeed: 1 });
    const words = sonnetsText.match(/\S+/gu) ?? [];
    const lines = sonnetsText.split('\n').filter((line) => line !== '');
    const figures = corpusStatistics(sonnets, split);
    expect(figures).toEqual({
      sizeBytes: 94_041,
      characters: sonnetsText.length,
      wideCharacters: 0,
      frequentCharacters: 0,
      words: 17_514,
      distinctWords: new Set(words).size,
      longestSampleCharacters: Math.max(...lines.map((line) => line.length)),
      samples: lines.length,
      documents: 154,
      trainingDocuments: 139,
      heldOutDocuments: 15,
      trainingSamples: split.trainingDocuments.reduce((sum, index) => sum + documentLines(sonnets, index).length, 0),
      heldOutSamples: split.heldOutDocuments.reduce((sum, index) => sum + documentLines(sonnets, index).length, 0),
    });
    expect(figures.trainingSamples + figures.heldOutSamples).toBe(figures.samples);
  });

  test('of any text: bytes, characters, words, the longest line', () => {
    const odd = fc.array(
      fc.constantFrom('a', 'é', '語', '😀', ' ', '\n', '\u3000', '\u00a0', '\ufeff', '\ud800', 'bc', '\u0085'),
    );
    fc.assert(
      fc.property(odd, odd, (first, second) => {
        const texts = [first.join('') + FILLER, second.join('') || 'x'];
        const corpus = corpusOf(...texts);
        const figures = corpusStatistics(corpus, splitDocuments(corpus, { heldOutShare: 0, splitSeed: 1 }));
        // A run that holds 語 is cut into words by the browser's own rules.
        const runs = texts.flatMap((text) => text.match(/\S+/gu) ?? []);
        const words = runs.flatMap((run) => (run.includes('語') ? segmentWords(run) : [run]));
        expect(figures.sizeBytes).toBe(texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0));
        expect(figures.characters).toBe(texts.reduce((sum, text) => sum + [...text].length, 0));
        expect(figures.words).toBe(words.length);
        expect(figures.distinctWords).toBe(new Set(words).size);
        expect(figures.longestSampleCharacters).toBe(
          Math.max(...texts.flatMap((text) => text.split('\n')).map((line) => [...line].length)),
        );
      }),
      { numRuns: 1000, seed: 6 },
    );
  });

  test('half a million distinct words', () => {
    const text = Array.from({ length: 500_000 }, (_, index) => `w${index.toString(36)}`).join(' ');
    const corpus = corpusOf(`${text}\n${text}`);
    const figures = corpusStatistics(corpus, splitDocuments(corpus, { heldOutShare: 0, splitSeed: 1 }));
    expect(figures.words).toBe(1_000_000);
    expect(figures.distinctWords).toBe(500_000);
  });
});
