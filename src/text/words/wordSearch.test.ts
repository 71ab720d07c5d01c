import { describe, expect, test } from 'vitest';
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import { createRng, deriveSeed } from '../../core/rng.ts';
import { trainBpe } from '../tokenizer/bpeTrainer.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import {
  LONGEST_ASKED_WORD,
  rankWord,
  scoreWord,
  searchWords,
  type WordGap,
  type WordQuestion,
  wordLengths,
} from './wordSearch.ts';
import { createWordTree, formsOf, hasSpacedWords, type WordNode, wordStartAfter, wordsOf } from './words.ts';

const LINES = ['the day the night o’er the sea', 'a day at sea, the days go by', 'night and day; nights at sea'];

function lastOf<T, R>(steps: Generator<T, R>): R {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const tokenizer = createTokenizer(lastOf(trainBpe(LINES, { vocabSize: 300, minFrequency: 2 })));
const WORDS = [...new Set(LINES.flatMap((line) => wordsOf(line).map(({ word }) => word)))];
const tree = lastOf(createWordTree(WORDS, tokenizer, 5));
const LENGTHS = [0.5, 0.2, 0.15, 0.1, 0.05];

/** A model whose answers depend on all that it reads, and favour the tokens that the vocabulary was made for. */
function predict({ ids, place }: WordQuestion): Float32Array {
  const rng = createRng(
    deriveSeed(
      1,
      'row',
      ids.reduce((hash, id) => (31 * hash + id) % 1_000_003, place),
    ),
  );
  const logits = Array.from({ length: tokenizer.vocabSize }, (_, id) => 3 * rng.next() + (id > 261 ? 3 : 0));
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return Float32Array.from(logits, (logit) => logit - total);
}

function run<T>(search: Generator<WordQuestion[], T, readonly Float32Array[]>): { value: T; rows: number } {
  let rows = 0;
  for (let step = search.next(); ; ) {
    if (step.done) return { value: step.value, rows };
    rows += step.value.length;
    step = search.next(step.value.map(predict));
  }
}

function gapIn(text: string, start: WordGap['start']): WordGap {
  const ids = tokenizer.encodeWithSpecials(text);
  return { ids, place: ids.indexOf(MASK_ID), start };
}

/** Every word with its probability, likeliest first. */
function allWords(gap: WordGap): { word: string; probability: number }[] {
  const forms = { spaced: [' '], bare: [''], either: [' ', ''] }[gap.start];
  const scored = WORDS.map((word) => {
    const probabilities = forms.map((space) => {
      const ids = tokenizer.encode(space + word);
      let probability = LENGTHS[ids.length - 1] ?? 0;
      ids.forEach((id, at) => {
        const masks = new Array<number>(ids.length - at).fill(MASK_ID);
        const row = [...gap.ids.slice(0, gap.place), ...ids.slice(0, at), ...masks, ...gap.ids.slice(gap.place + 1)];
        probability *= Math.exp(predict({ ids: row, place: gap.place + at })[id] ?? Number.NaN);
      });
      return probability;
    });
    return { word, probability: Math.max(...probabilities) };
  });
  return scored.sort((a, b) => b.probability - a.probability);
}

const GAPS = [
  ['the <mask> at sea', 'spaced'],
  ['<mask> and day', 'bare'],
  ['o’<mask>, the sea', 'either'],
] as const;

describe('searchWords', () => {
  test.each(GAPS)('finds the likeliest words of all that there are: %s', (text, start) => {
    const gap = gapIn(text, start);
    const expected = allWords(gap).slice(0, 5);
    const { value: found, rows } = run(searchWords(gap, tree, LENGTHS, 5));
    expect(found.map(({ word }) => word)).toEqual(expected.map(({ word }) => word));
    found.forEach(({ probability }, rank) => {
      expect(probability).toBeCloseTo(expected[rank]?.probability ?? Number.NaN, 6);
    });
    // Reading every filling to its end would take a row for each token that can begin a word.
    expect(rows).toBeLessThan(40);
  });

  test('finds many answers, too', () => {
    const gap = gapIn('the <mask> at sea', 'spaced');
    // More than the tokens that are tried next where a word goes on.
    const many = lastOf(createWordTree(Array.from('abcdefghijklmnopqrstuvwxyz'), tokenizer, 5));
    const found = run(searchWords({ ...gap, start: 'bare' }, many, LENGTHS, 20)).value;
    expect(found).toHaveLength(20);
  });

  test('a target has the probability that the search gives it', () => {
    const gap = gapIn('the <mask> at sea', 'spaced');
    for (const { ids, probability } of run(searchWords(gap, tree, LENGTHS, 5)).value) {
      expect(run(scoreWord(gap, ids, LENGTHS)).value).toBeCloseTo(probability, 6);
    }
  });

  test('the masks of a long word stand side by side, and what follows stays', () => {
    const rows = scoreWord(gapIn('the <mask> at sea', 'spaced'), [7, 8, 9], LENGTHS).next().value as WordQuestion[];
    const [the, at, sea] = [' the', ' at', ' sea'].map((word) => tokenizer.encode(word));
    const text = tokenizer.encode('the');
    expect(the).toBeDefined();
    expect(rows.map(({ ids }) => ids)).toEqual(
      [
        [MASK_ID, MASK_ID, MASK_ID],
        [7, MASK_ID, MASK_ID],
        [7, 8, MASK_ID],
      ].map((gap) => [BOS_ID, ...text, ...gap, ...(at ?? []), ...(sea ?? []), EOS_ID]),
    );
    expect(rows.map(({ place }) => place - text.length - 1)).toEqual([0, 1, 2]);
  });
});

describe('rankWord', () => {
  test.each(GAPS)('counts the words that are likelier, among five and among all: %s', (text, start) => {
    const gap = gapIn(text, start);
    let read = 0;
    for (const [at, { word, probability }] of allWords(gap).entries()) {
      // A word of more tokens than the tree holds is none.
      const rank = probability > 0 ? at : Number.POSITIVE_INFINITY;
      const asked = { word, forms: formsOf(word, start, tokenizer) };
      const among = run(rankWord(gap, tree, LENGTHS, asked, 5));
      read += among.rows;
      expect(among.value).toBe(rank < 5 ? rank : Number.POSITIVE_INFINITY);
      expect(run(rankWord(gap, tree, LENGTHS, asked, WORDS.length)).value).toBe(rank);
    }
    const searched = run(searchWords(gap, tree, LENGTHS, 5)).rows;
    expect(read / WORDS.length).toBeLessThan(searched);
  });

  test('a word that the tree does not hold is not found', () => {
    const asked = { word: 'seaday', forms: formsOf('seaday', 'bare', tokenizer) };
    expect(run(rankWord(gapIn('<mask> and day', 'bare'), tree, LENGTHS, asked, 5))).toEqual({
      value: Number.POSITIVE_INFINITY,
      rows: 0,
    });
  });
});

describe('words', () => {
  test('a tree holds the tokens of its words, with a space before them and without, and nothing else', () => {
    const found = { spaced: [] as string[], bare: [] as string[] };
    for (const start of ['spaced', 'bare'] as const) {
      const walk = (node: WordNode, ids: readonly number[]): void => {
        if (node.word !== null) {
          expect(tokenizer.decode(ids)).toBe(`${start === 'spaced' ? ' ' : ''}${node.word}`);
          found[start].push(node.word);
        }
        for (const [id, next] of node.next) walk(next, [...ids, id]);
      };
      walk(tree[start], []);
      const fitting = WORDS.filter((word) => tokenizer.encode(start === 'spaced' ? ` ${word}` : word).length <= 5);
      expect(found[start].toSorted()).toEqual(fitting.toSorted());
    }
    expect(tree.either.next.size).toBe(tree.spaced.next.size + tree.bare.next.size);
  });

  test.each([
    ['', null, 'bare'],
    ['night\n', null, 'bare'],
    ['day', null, 'spaced'],
    ['day,', null, 'spaced'],
    ['(', null, 'either'],
    ['o’', null, 'either'],
    ['day', true, 'spaced'],
    ['un', false, 'bare'],
  ] as const)('after "%s" (space: %s) a word is %s', (before, isSpaced, start) => {
    expect(wordStartAfter(before, isSpaced)).toBe(start);
  });

  test('words of a text, with apostrophes inside', () => {
    expect(wordsOf("O’er beauty's 'brow' —Día 12!").map(({ word }) => word)).toEqual([
      'O’er',
      "beauty's",
      'brow',
      'Día',
      '12',
    ]);
    expect(wordsOf('a bc')).toEqual([
      { word: 'a', start: 0 },
      { word: 'bc', start: 2 },
    ]);
  });

  test.each([
    ['Shall I compare thee', true],
    ['Мой дядя', true],
    ['שלום', true],
    ['吾輩は猫である', false],
    ['ภาษาไทย', false],
    ['한국어 문장', true],
  ])('%s: words between spaces: %s', (text, expected) => {
    expect(hasSpacedWords(text)).toBe(expected);
  });
});

test('lengths of words are shares, one half added to each count', () => {
  const lengths = wordLengths([1, 1, 2, LONGEST_ASKED_WORD + 6]);
  const total = 4 + LONGEST_ASKED_WORD / 2;
  expect(lengths.slice(0, 3)).toEqual([2.5 / total, 1.5 / total, 0.5 / total]);
  expect(lengths.at(-1)).toBe(1.5 / total);
  expect(lengths.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});
