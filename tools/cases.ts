/** What the trained model says to some texts, in the form that `e2e/python/checkBundle.py` compares with transformers. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { FillCandidate } from '../src/core/answers.ts';
import { StudioError } from '../src/core/errors.ts';
import { createRng } from '../src/core/rng.ts';
import type { Result } from '../src/studio/client.ts';
import type { Engine } from './engine.ts';
import { oddStrings } from './oddStrings.ts';

export interface Cases {
  readonly encode: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly fill: readonly { readonly text: string; readonly masks: readonly (readonly FillCandidate[])[] }[];
  readonly logits: readonly {
    readonly text: string;
    readonly positions: readonly number[];
    readonly logits: readonly (readonly number[])[];
  }[];
  /** Words behind the mask of a line: the likeliest, and some that are asked for; and how likely whole lines are. */
  readonly words: readonly {
    readonly text: string;
    readonly lengths: readonly number[];
    readonly scores: readonly { readonly word: string; readonly probability: number }[];
  }[];
  readonly pairs: readonly {
    readonly good: string;
    readonly bad: string;
    readonly scores: readonly [number, number];
  }[];
  /** Every held-out word that was asked for, with what the table of neighbouring words says of it, and the model. */
  readonly heldOutWords: Result<'test.heldOutWords'>;
}

/** Of one to several tokens, in most vocabularies. */
const ASKED_WORDS = ['love', 'beauty', 'unthrifty', 'o’er', 'zyx'];

const ENCODED_LINES = 200;
const ODD_STRINGS = 300;
const MASKED_LINES = 50;
const TOP_K = 5;
/** Enough for the lines, of a text of any size. */
const READ_BYTES = 256 * 1024;

/** Asks the engine. */
export async function collectCases(engine: Engine, corpusPath: string): Promise<Cases> {
  const lines = firstLines(corpusPath);
  const encode: Cases['encode'][number][] = [];
  for (const text of [...lines.slice(0, ENCODED_LINES), ...oddStrings(ODD_STRINGS)]) {
    encode.push({ text, ids: (await engine.call('tokenizer.encode', { text })).map(({ id }) => id) });
  }
  const fill: Cases['fill'][number][] = [];
  const logits: Cases['logits'][number][] = [];
  const maskedTexts = maskedLines(lines, MASKED_LINES);
  for (const text of maskedTexts) {
    fill.push({ text, masks: (await engine.call('test.fillMask', { text, topK: TOP_K })).masks });
    const answer = await engine.call('test.logits', { text });
    logits.push({ text, positions: answer.positions, logits: answer.logits });
  }
  const words: Cases['words'][number][] = [];
  // Those with one mask.
  for (const text of maskedTexts.slice(0, MASKED_LINES / 2)) {
    const found = (await engine.call('test.fillWords', { text, count: TOP_K })).masks[0] ?? [];
    const scores = found.map(({ word, probability }) => ({ word, probability }));
    let shares: readonly number[] = [];
    for (const word of ASKED_WORDS) {
      const answer = await unlessTooLong(engine.call('test.scoreWords', { text, words: [word] }));
      if (answer === null) continue;
      shares = answer.lengths;
      scores.push({ word, probability: answer.masks[0]?.[0] ?? 0 });
    }
    words.push({ text, lengths: shares, scores });
  }
  const pairs = await collectPairs(engine, lines);
  return { encode, fill, logits, words, pairs, heldOutWords: await engine.call('test.heldOutWords', {}) };
}

/** What the smallest models can't read is left out. */
async function unlessTooLong<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof StudioError && /^test(TooLong|LongWord)$/.test(thrown.code)) return null;
    throw thrown;
  }
}

/** Lines, each against itself read backwards. */
async function collectPairs(engine: Engine, lines: readonly string[]): Promise<Cases['pairs'][number][]> {
  const pairs: Cases['pairs'][number][] = [];
  for (const good of lines.slice(0, MASKED_LINES / 2)) {
    const pair = { good, bad: good.split(' ').reverse().join(' ') };
    const content = JSON.stringify(pair);
    const answer = await unlessTooLong(engine.call('test.score', { name: 'pairs.jsonl', content }));
    const [item] = answer?.items ?? [];
    if (item !== undefined) pairs.push({ ...pair, scores: [item.score, item.against] });
  }
  return pairs;
}

function firstLines(path: string): string[] {
  const buffer = Buffer.alloc(READ_BYTES);
  const file = openSync(path, 'r');
  const length = readSync(file, buffer, 0, READ_BYTES, 0);
  closeSync(file);
  // The last line may be cut inside a character.
  const lines = buffer
    .toString('utf8', 0, length)
    .split(/\r\n|\n|\r/)
    .slice(0, length < READ_BYTES ? undefined : -1);
  return lines.filter((line) => line.trim() !== '');
}

/**
 * Lines with words replaced by `<mask>`: one word in the first half of them, two or three in the rest.
 * @example maskedLines(['From fairest creatures'], 1) // ['From <mask> creatures']
 */
export function maskedLines(lines: readonly string[], count: number): string[] {
  const rng = createRng(2);
  // Short enough for the smallest model: a word is rarely more than four tokens.
  const usable = lines.filter((line) => line.length <= 60 && line.trim().split(/\s+/).length >= 5);
  return usable.slice(0, count).map((line, index) => {
    const words = line.trim().split(/\s+/);
    const masks = index < count / 2 ? 1 : 2 + (index % 2);
    for (let left = masks; left > 0; ) {
      const at = rng.int(words.length);
      if (words[at] === '<mask>') continue;
      words[at] = '<mask>';
      left -= 1;
    }
    return words.join(' ');
  });
}
