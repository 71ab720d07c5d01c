import { describe, expect, it } from 'vitest';
import {
  countMasks,
  hideWord,
  type MaskedSentence,
  putToken,
  sentenceOf,
  showWord,
  splitSentence,
  takeMasks,
  typeSentence,
} from './maskedSentence.ts';

const hide = (sentence: MaskedSentence, word: string): MaskedSentence => {
  const piece = splitSentence(sentence.text).find(({ text }) => text === word);
  if (piece === undefined) throw new Error(`no ${word}`);
  return hideWord(sentence, piece);
};

describe('splitSentence', () => {
  it('splits into words, masks and what is between, and loses nothing', () => {
    const text = 'Shall I, o’er <mask>?\n<mask><mask>';
    const pieces = splitSentence(text);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.filter(({ kind }) => kind === 'word').map((piece) => piece.text)).toEqual(['Shall', 'I', 'o’er']);
    expect(pieces.filter(({ kind }) => kind === 'mask').map(({ mask, start }) => [mask, start])).toEqual([
      [0, text.indexOf('<mask>')],
      [1, text.lastIndexOf('<mask><mask>')],
      [2, text.lastIndexOf('<mask>')],
    ]);
  });

  it('takes the name of a special token for what it is', () => {
    const pieces = splitSentence('<s> is <b>');
    expect(pieces.filter(({ kind }) => kind === 'special').map(({ text }) => text)).toEqual(['<s>']);
    expect(pieces.filter(({ kind }) => kind === 'word').map(({ text }) => text)).toEqual(['is', 'b']);
  });

  it('knows the words of a script without spaces', () => {
    const words = splitSentence('春の夜の夢').filter(({ kind }) => kind === 'word');
    expect(words.length).toBeGreaterThan(2);
  });
});

describe('hideWord and showWord', () => {
  it('hides words and restores the right one, in any order', () => {
    const first = hide(sentenceOf('Shall I compare thee'), 'compare');
    const both = hide(first, 'Shall');
    expect(both).toEqual({ text: '<mask> I <mask> thee', hidden: ['Shall', 'compare'] });
    expect(showWord(both, 1, both.hidden[1] ?? '')).toEqual({ text: '<mask> I compare thee', hidden: ['Shall'] });
  });

  it('leaves a sentence alone that has no such mask', () => {
    expect(showWord(sentenceOf('my love'), 0, 'x')).toEqual({ text: 'my love', hidden: [] });
  });
});

describe('putToken', () => {
  it('gives the sentence that the tokenizer would decode', () => {
    expect(putToken(sentenceOf('my <mask>.'), 0, ' love').text).toBe('my love.');
    expect(putToken(sentenceOf('my<mask>.'), 0, ' love').text).toBe('my love.');
    expect(putToken(sentenceOf('summer <mask> day'), 0, 's').text).toBe('summers day');
    expect(putToken(sentenceOf('<mask> love'), 0, ' my').text).toBe('my love');
    expect(putToken(sentenceOf('one\n<mask> love'), 0, ' my').text).toBe('one\nmy love');
  });

  it('keeps the words behind the other masks', () => {
    const sentence: MaskedSentence = { text: '<mask> and <mask>', hidden: ['You', 'I'] };
    expect(putToken(sentence, 0, ' thou')).toEqual({ text: 'thou and <mask>', hidden: ['I'] });
  });
});

describe('typeSentence', () => {
  const sentence: MaskedSentence = { text: 'a <mask> b <mask> c', hidden: ['one', 'two'] };

  it('keeps the words behind masks on both sides of what is typed', () => {
    expect(typeSentence(sentence, 'a <mask> bx <mask> c').hidden).toEqual(['one', 'two']);
    expect(typeSentence(sentence, 'a <mask> <mask> b <mask> c').hidden).toEqual(['one', null, 'two']);
  });

  it('forgets the word of a mask that is deleted', () => {
    expect(typeSentence(sentence, 'a  b <mask> c').hidden).toEqual(['two']);
    expect(typeSentence(sentence, 'a <mask> b  c').hidden).toEqual(['one']);
    expect(typeSentence(sentence, '').hidden).toEqual([]);
  });

  it('gives every mask an entry, whatever is pasted', () => {
    for (const text of ['<mask>', '<mask><mask><mask>', 'x', 'a <mask> b <mask> c <mask>']) {
      expect(typeSentence(sentence, text).hidden).toHaveLength(countMasks(text));
    }
  });
});

describe('takeMasks', () => {
  it.each([
    ['my [MASK] is [mask]', 'my <mask> is <mask>'],
    ['my <MASK>.', 'my <mask>.'],
    ['my ___, my ______.', 'my <mask>, my <mask>.'],
    // Typed on after the third, which has become a mask.
    ['my <mask>_', 'my <mask>'],
    ['snake_case and __init', 'snake_case and __init'],
  ])('%s', (typed, taken) => {
    expect(takeMasks(typed)).toBe(taken);
    expect(takeMasks(taken)).toBe(taken);
  });
});
