/** The trainer against the files that Hugging Face's `ByteLevelBPETokenizer.train` wrote, byte for byte. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import type { TokenizerConfig } from '../../core/config.ts';
import { SETTINGS } from '../../core/settings.ts';
import { type BpeProgress, type TrainedBpe, trainBpe } from './bpeTrainer.ts';
import { mergesTxt, vocabJson } from './files.ts';

const readRoot = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const readGolden = (path: string): string => readRoot(`test/golden/tokenizer/${path}`);

/** Processor time of this process. Other processes do not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The lines of a file, each with its "\n", as the library cuts them. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];

function train(
  sequences: Iterable<string>,
  config: TokenizerConfig,
  watch: (progress: BpeProgress) => void = () => {},
): TrainedBpe {
  const steps = trainBpe(sequences, config);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    watch(step.value);
  }
}

describe('byte-identical to Hugging Face', () => {
  test.each([
    ['edge_600_mf2_aps0', 'edge', 600],
    ['synth_1000_mf2_aps0', 'synth', 1000],
    ['synth_5000_mf2_aps0', 'synth', 5000],
    ['sonnets_1000_mf2', 'sonnets', 1000],
    ['sonnets_30522_mf2', 'sonnets', 30_522],
  ])('%s', (golden, corpus, vocabSize) => {
    const text = corpus === 'sonnets' ? readRoot('public/data/sonnets.txt') : readGolden(`${corpus}.txt`);
    const trained = train(linesOf(text), { vocabSize, minFrequency: 2 });
    expect(vocabJson(trained)).toBe(readGolden(`hf_${golden}/vocab.json`));
    expect(mergesTxt(trained)).toBe(readGolden(`hf_${golden}/merges.txt`));
  });
});

test('the worked example of the docstring', () => {
  const { tokens, merges } = train(['ab abc abc'], { vocabSize: 1000, minFrequency: 2 });
  expect(merges).toEqual([
    ['a', 'b'],
    ['Ġ', 'ab'],
    ['Ġab', 'c'],
  ]);
  expect(tokens.slice(261)).toEqual(['ab', 'Ġab', 'Ġabc']);
  expect([tokens[69], tokens[71], tokens[225]]).toEqual(['a', 'c', 'Ġ']);
});

test('the smallest vocabulary is the special tokens and the bytes', () => {
  const { tokens, merges } = train(['ab ab ab'], { vocabSize: SETTINGS.tokenizer.vocabSize.minimum, minFrequency: 2 });
  expect(tokens).toHaveLength(261);
  expect(merges).toEqual([]);
  expect(tokens.slice(0, 6)).toEqual(['<s>', '<pad>', '</s>', '<mask>', '<unk>', '!']);
});

test('a pair below the minimum frequency is not merged', () => {
  expect(train(['ab ab ab'], { vocabSize: 300, minFrequency: 4 }).merges).toEqual([]);
  expect(train(['ab ab ab'], { vocabSize: 300, minFrequency: 3 }).merges).toEqual([['a', 'b']]);
});

test('an empty text gives the bytes alone', () => {
  expect(train([], { vocabSize: 300, minFrequency: 2 }).tokens).toHaveLength(SETTINGS.tokenizer.vocabSize.minimum);
});

test('progress grows, and a yield comes after a few milliseconds of work at most', () => {
  const text = readRoot('public/data/sonnets.txt');
  const sizes: number[] = [];
  let longestMs = 0;
  let lastMs = cpuMs();
  train(linesOf(text.repeat(10)), { vocabSize: 2000, minFrequency: 2 }, ({ phase, done, vocabSize }) => {
    const nowMs = cpuMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    expect(done).toBeGreaterThanOrEqual(0);
    expect(done).toBeLessThanOrEqual(1);
    if (phase === 'merging') sizes.push(vocabSize);
  });
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  // Two hundred milliseconds are what Cancel may take; collecting garbage and compiling count here, too.
  expect(longestMs).toBeLessThan(150);
});
