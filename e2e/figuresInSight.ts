/** What Train tells in figures: no measured value under two names at once, and no name with two values. */
import { expect, type Page } from '@playwright/test';
import { METRICS, metricsOf } from '../src/core/metrics.ts';

/** A figure in sight: its name, and the number as it stands there. */
export interface Told {
  readonly name: string;
  readonly number: string;
}

const LOSS = METRICS.heldOut.loss.name;

/** The loss chart names lines, not metrics. Its last held-out loss is the final one, where there is one. */
const LINES: Readonly<Record<string, string>> = { training: METRICS.train.loss.name, 'held out': LOSS, final: LOSS };

/** Besides the metrics, and what follows from one of them. */
const OTHERS = ['Mean training loss', 'Perplexity', 'Time left', 'random', 'unigram', 'neighbour counts'];

const KNOWN = new Set([
  ...(['train', 'heldOut'] as const).flatMap((group) =>
    metricsOf(group).flatMap(([, { name, figure }]) => (figure === undefined ? name : [name, figure[0]])),
  ),
  ...OTHERS,
]);

/** Figures within sentences: the verdict's, and the rail's. */
const SENTENCES: readonly (readonly [name: string, pattern: RegExp])[] = [
  [LOSS, /held-out loss (?:fell|rose) by .* to ([\d.]+)\./],
  [LOSS, /held-out loss is where it was, ([\d.]+)\./],
  [LOSS, /^held-out loss ([\d.]+) after/],
  ['unigram', /\(unigram, ([\d.]+)\)/],
  ['neighbour counts', /neighbour counts \(([\d.]+)\)/],
  [METRICS.heldOut.top1.name, /masked accuracy is ([\d.]+%)/],
  [METRICS.heldOut.wordTop1.name, /word accuracy is ([\d.]+%)/],
];

/** Every figure of the page with its name: tiles, names of lines, small charts, sentences. */
async function readFigures(page: Page): Promise<Told[]> {
  const { pairs, sentences } = await page.evaluate(() => {
    const all = (selector: string): Element[] =>
      [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility({ visibilityProperty: true }));
    const wordsOf = (node: Node | null | undefined): string => node?.textContent?.trim() ?? '';
    const tiles = all('main .figures dt').map((term) => [
      term,
      term.nextElementSibling?.querySelector('.figure-number'),
    ]);
    const ends = all('[aria-label="Loss by step"] .chart-end').map((end) => [
      end.firstChild,
      end.querySelector('tspan'),
    ]);
    const small = all('.small-chart figcaption > :first-child').map((head) => [
      head.firstChild,
      head.querySelector('strong'),
    ]);
    return {
      pairs: [...tiles, ...ends, ...small].map(([name, number]) => [wordsOf(name), wordsOf(number)] as const),
      sentences: all('.verdict, .rail-status').map(wordsOf),
    };
  });
  const inSentences = SENTENCES.flatMap(([name, pattern]) =>
    sentences.flatMap((sentence) => {
      const number = pattern.exec(sentence)?.[1];
      return number === undefined ? [] : [{ name, number }];
    }),
  );
  const named = pairs.map(([name, number]) => ({ name: LINES[name] ?? name, number }));
  return [...named, ...inSentences].filter(({ number }) => /^[\d,.]+(e-?\d+)?%?$/.test(number));
}

const decimals = (number: string): number => /\.(\d+)%?$/.exec(number)?.[1]?.length ?? 0;

/** Whether two numbers are one, as far as the shorter one tells. */
function agree(a: string, b: string): boolean {
  if (a.endsWith('%') !== b.endsWith('%')) return false;
  const value = (number: string): number => Number(number.replaceAll(/[,%]/g, ''));
  return Math.abs(value(a) - value(b)) <= 0.5 * 10 ** -Math.min(decimals(a), decimals(b)) + 1e-9;
}

/**
 * The figures in sight once what is drawn later has been drawn: each with a name that is known, and no name with two values.
 * @param expected names that have to be among them
 */
export async function figuresInSight(page: Page, expected: readonly string[]): Promise<readonly Told[]> {
  let figures: Told[] = [];
  await expect(async () => {
    figures = await readFigures(page);
    const names = figures.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...expected]));
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
    const twice = figures.flatMap((one, at) =>
      figures.slice(at + 1).filter(({ name, number }) => name === one.name && !agree(number, one.number)),
    );
    expect(twice, JSON.stringify(figures)).toEqual([]);
  }).toPass();
  return figures;
}

/**
 * Two names whose numbers agree whenever one looks are names of one thing; by chance they agree once.
 * @param moments the figures at several steps
 */
export function expectOneName(moments: readonly (readonly Told[])[]): void {
  const names = [...new Set(moments.flat().map(({ name }) => name))];
  const numberAt = (moment: readonly Told[], name: string): string | null =>
    moment.find((told) => told.name === name)?.number ?? null;
  const isOne = (a: string, b: string): boolean => {
    const pairs = moments.map((moment) => [numberAt(moment, a), numberAt(moment, b)] as const);
    const both = pairs.filter((pair): pair is [string, string] => pair[0] !== null && pair[1] !== null);
    // Few digits agree by chance.
    const telling = both.filter((pair) => pair.every((number) => number.replaceAll(/\D/g, '').length >= 3));
    return telling.length > 1 && telling.every(([one, other]) => agree(one, other));
  };
  const pairs = names.flatMap((name, at) => names.slice(at + 1).map((other) => [name, other] as const));
  expect(pairs.filter(([name, other]) => isOne(name, other))).toEqual([]);
}
