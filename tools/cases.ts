/** What the trained model says to some texts, in the form that `e2e/python/checkBundle.py` compares with transformers. */
import { openAsBlob } from 'node:fs';
import { StudioError } from '../src/core/errors.ts';
import { createRng } from '../src/core/rng.ts';
import type { Engine } from './engine.ts';
import { oddStrings } from './oddStrings.ts';

/** Of one to several tokens, in most vocabularies. */
const ASKED_WORDS = ['love', 'beauty', 'unthrifty', 'o’er', 'zyx'];

const ENCODED_LINES = 200;
const ODD_STRINGS = 300;
const MASKED_LINES = 50;
const TOP_K = 5;
/** Enough for the lines, of a text of any size. */
const READ_BYTES = 256 * 1024;

export type Cases = Awaited<ReturnType<typeof collectCases>>;

/** Asks the engine. */
export async function collectCases(engine: Engine, corpusPath: string) {
  const lines = await firstLines(corpusPath);
  const masked = maskedLines(lines, MASKED_LINES);
  const pairs = await inTurn(lines.slice(0, MASKED_LINES / 2), (line) => scorePair(engine, line));
  return {
    encode: await inTurn([...lines.slice(0, ENCODED_LINES), ...oddStrings(ODD_STRINGS)], async (text) => {
      const tokens = await engine.call('tokenizer.encode', { text });
      return { text, ids: tokens.map(({ id }) => id) };
    }),
    fill: await inTurn(masked, async (text) => {
      const { masks } = await engine.call('test.fillMask', { text, topK: TOP_K });
      return { text, masks };
    }),
    logits: await inTurn(masked, async (text) => {
      const { positions, logits } = await engine.call('test.logits', { text });
      return { text, positions, logits };
    }),
    /** Of lines with one mask. */
    words: await inTurn(masked.slice(0, MASKED_LINES / 2), (text) => askWords(engine, text)),
    pairs: pairs.filter((pair) => pair !== null),
    /** Every held-out word that was asked for, with what the table of neighbouring words says of it, and the model. */
    heldOutWords: await engine.call('test.heldOutWords', {}),
  };
}

async function inTurn<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (const item of items) answers.push(await ask(item));
  return answers;
}

/** The likeliest words behind the mask of a line, and some that are asked for. */
async function askWords(engine: Engine, text: string) {
  const { masks } = await engine.call('test.fillWords', { text, count: TOP_K });
  const likeliest = (masks[0] ?? []).map(({ word, probability }) => ({ word, probability }));
  const answers = await inTurn(ASKED_WORDS, async (word) => {
    const answer = await unlessTooLong(engine.call('test.scoreWords', { text, words: [word] }));
    return answer && { lengths: answer.lengths, score: { word, probability: answer.masks[0]?.[0] ?? 0 } };
  });
  const asked = answers.filter((answer) => answer !== null);
  return { text, lengths: asked.at(-1)?.lengths ?? [], scores: [...likeliest, ...asked.map(({ score }) => score)] };
}

/** How likely a line is, against itself read backwards. */
async function scorePair(engine: Engine, good: string) {
  const pair = { good, bad: good.split(' ').reverse().join(' ') };
  const answer = await unlessTooLong(engine.call('test.score', { name: 'pairs.jsonl', content: JSON.stringify(pair) }));
  const [item] = answer?.items ?? [];
  return item === undefined ? null : { ...pair, scores: [item.score, item.against] as const };
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

async function firstLines(path: string): Promise<string[]> {
  const file = await openAsBlob(path);
  const lines = (await file.slice(0, READ_BYTES).text()).split(/\r\n|\n|\r/);
  // The last line may be cut inside a character.
  if (file.size > READ_BYTES) lines.pop();
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
