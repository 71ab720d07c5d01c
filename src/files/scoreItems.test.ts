import { expect, test } from 'vitest';
import { readScoreItems, scoredCsv, shareWithInterval } from './scoreItems.ts';

test.each([
  ['items.csv', 'text,word\n"Shall I, <mask>?",compare\n\n"two\nlines <mask>", day \nlast <mask>,x\n'],
  ['items.tsv', 'id\tSentence\ttarget\n1\tShall I, <mask>?\tcompare\n\n2\t"two\nlines <mask>"\tday\n3\tlast <mask>\tx'],
  ['items.txt', '\uFEFFtext;answer\r\nShall I, <mask>?;compare\r\n\r\n"two\nlines <mask>";day\r\nlast <mask>;x\r\n'],
])('reads cloze tests of %s with the lines they begin on', (name, content) => {
  expect(readScoreItems(name, content)).toEqual([
    { kind: 'cloze', line: 2, text: 'Shall I, <mask>?', word: 'compare' },
    { kind: 'cloze', line: 4, text: 'two\nlines <mask>', word: 'day' },
    { kind: 'cloze', line: 6, text: 'last <mask>', word: 'x' },
  ]);
});

test('reads pairs of JSON Lines by the names of BLiMP, and by its own', () => {
  const content = '{"sentence_good":"He goes.","sentence_bad":"He go.","UID":"x"}\n\n{"good":"a","bad":"b"}\n';
  expect(readScoreItems('blimp.jsonl', content)).toEqual([
    { kind: 'pair', line: 1, good: 'He goes.', bad: 'He go.' },
    { kind: 'pair', line: 3, good: 'a', bad: 'b' },
  ]);
});

test.each([
  ['a.csv', '', undefined, 'contains no items'],
  ['a.csv', 'text,word\n', undefined, 'contains no items'],
  ['a.csv', 'text,word\nno mask,day\n', 2, 'has 0 <mask> tokens, but needs exactly one'],
  ['a.csv', 'text,word\n"a\nb <mask>",day\n<mask> <mask>,day\n', 4, 'has 2 <mask> tokens, but needs exactly one'],
  ['a.csv', 'text,wrd\n<mask>,day\n', 2, 'has neither “text” and “word” nor “good” and “bad”, but text, wrd'],
  ['a.csv', 'text,word\n"open <mask>,day\n', 2, 'can’t be read: Quoted field unterminated'],
  ['a.jsonl', '{"good":"a","bad":"b"}\n{"good":', 2, 'is not JSON'],
  ['a.jsonl', '[1]', 1, 'is not a JSON object'],
  ['a.jsonl', '{"good":1,"bad":"b"}', 1, 'has neither “text” and “word” nor “good” and “bad”, but good, bad'],
])('refuses %s: %j with the line', (name, content, line, reason) => {
  expect(() => readScoreItems(name, content)).toThrow(
    expect.objectContaining({ code: 'scoreFile', details: { line, reason } }),
  );
});

/** By `statsmodels.stats.proportion.proportion_confint(…, method='wilson')`. */
test.each([
  [5, 10, 0.5, 0.236593, 0.763407],
  [0, 10, 0, 0, 0.277533],
  [200, 200, 1, 0.981154, 1],
])('%i of %i with its interval', (right, all, share, low, high) => {
  const found = shareWithInterval(right, all);
  expect(found.share).toBe(share);
  expect(found.low).toBeCloseTo(low, 5);
  expect(found.high).toBeCloseTo(high, 5);
});

test('writes only the columns that its items have, and the text can be read as items again', () => {
  const came = { right: true, score: 0.25, against: 0.25, answer: 'day' };
  const csv = scoredCsv([{ kind: 'cloze', line: 2, text: 'a "fine", <mask>', word: 'day', ...came }]);
  expect(csv).toBe(
    'line,correct,score,alternative_score,prediction,text,word\n2,true,0.25,0.25,day,"a ""fine"", <mask>",day\n',
  );
  expect(readScoreItems('a.csv', csv)).toEqual([{ kind: 'cloze', line: 2, text: 'a "fine", <mask>', word: 'day' }]);
  const pair = { kind: 'pair', line: 3, good: 'he goes', bad: 'he go', ...came } as const;
  expect(scoredCsv([pair])).toBe(
    'line,correct,score,alternative_score,prediction,good,bad\n3,true,0.25,0.25,day,he goes,he go\n',
  );
});
