/** What the held-out losses of a run tell as it goes: what it beats by now, and whether it has begun to overfit. */

import type { ChartNote } from '../../charts/chart.ts';
import { meanOfLast } from '../../charts/smoothing.ts';
import type { WordFigures } from '../../core/answers.ts';
import { bestOf, METRICS } from '../../core/metrics.ts';
import type { MetricsLog } from '../../studio/page/metricsLog.ts';
import type { ReferenceLines } from '../../text/reference/referenceLines.ts';
import type { RunRecord } from './trainState.ts';

type Look = ReturnType<MetricsLog['heldOut']['rows']>[number];

/** The looks while training, which all read the same masks; the last one of a run reads more, and is left out. */
function trainingLooks({ heldOut }: MetricsLog): Look[] {
  return heldOut.rows().filter(({ tokens }, _, [first]) => tokens === first?.tokens);
}

function bestLook(looks: readonly Look[]): Look | undefined {
  return bestOf(looks, 'loss', METRICS.heldOut.loss);
}

/** Whether a held-out loss is below a reference line by more than could be chance. */
export function beats({ loss, standardError }: Pick<Look, 'loss' | 'standardError'>, line: number): boolean {
  return loss < line - 2 * standardError;
}

/** Shares of right first guesses that are worth a note. */
const SHARES: readonly (readonly [number, string])[] = [
  [0.25, '25% masked accuracy'],
  [0.5, '50% masked accuracy'],
];

/** Step of the weights that a run ended with, where that is not its last one; else null. */
export function keptStep({ summary }: RunRecord): number | null {
  return summary !== null && summary.weightsStep < summary.steps ? summary.weightsStep : null;
}

/** The step of the lowest held-out loss while training; null where nothing was looked at, or only once. */
export function lowestStep(log: MetricsLog): number | null {
  const looks = trainingLooks(log);
  return looks.length < 2 ? null : (bestLook(looks)?.step ?? null);
}

/** Milestones in words, by step: each when it is first reached. */
export function milestones(log: MetricsLog, reference: ReferenceLines | null, keptStep: number | null): ChartNote[] {
  const looks = log.heldOut.rows();
  const first = (words: string, reached: (look: Look) => boolean): ChartNote[] => {
    const look = looks.find(reached);
    return look === undefined ? [] : [{ step: look.step, words }];
  };
  const since = learnsByHeartSince(log);
  const notes = [
    ...(reference === null
      ? []
      : [
          ...first('beats unigram', (look) => beats(look, reference.unigram)),
          ...first('beats neighbour counts', (look) => beats(look, reference.neighbours)),
          ...wordMilestones(reference.words ?? null, first),
        ]),
    ...SHARES.flatMap(([share, words]) => first(words, ({ top1 }) => top1 >= share)),
    ...(keptStep === null ? [] : [{ step: keptStep, words: 'best weights' }]),
    ...(since === null ? [] : [{ step: since, words: 'overfits from here' }]),
  ];
  return notes.sort((a, b) => a.step - b.step);
}

/**
 * How many words a model knows beside a table: clearly more or fewer, or as many as far as can be told.
 * @param wordTop5 share of words that are among its top five
 * @param words how many were asked for
 */
export function wordStanding(wordTop5: number, words: number, { top5 }: WordFigures): 'more' | 'as many' | 'fewer' {
  // Twice the standard error of a share; both are of the same words.
  const error = 2 * Math.sqrt((top5 * (1 - top5)) / words);
  if (wordTop5 > top5 + error) return 'more';
  return wordTop5 < top5 - error ? 'fewer' : 'as many';
}

/** When it first knows as many words as a table, and when clearly more. */
function wordMilestones(
  table: WordFigures | null,
  first: (words: string, reached: (look: Look) => boolean) => ChartNote[],
): ChartNote[] {
  if (table === null) return [];
  return [
    ...first('matches neighbour counts on words', ({ wordTop5 }) => wordTop5 >= table.top5),
    ...first(
      'beats neighbour counts on words',
      ({ wordTop5, words }) => wordStanding(wordTop5, words, table) === 'more',
    ),
  ];
}

/**
 * The step of the lowest held-out loss, where the losses after it are clearly higher while the training loss went on
 * falling; null where they are not.
 */
export function learnsByHeartSince(log: MetricsLog): number | null {
  const looks = trainingLooks(log);
  const [best, last] = [bestLook(looks), looks.at(-1)];
  if (best === undefined || last === undefined) return null;
  // The masks are the same, so that one standard error is far from chance.
  const rose = last.loss - best.loss > best.standardError;
  return rose && meanLossBy(log, last.step) < meanLossBy(log, best.step) ? best.step : null;
}

/** How many readings a mean of the training loss is taken over. */
const READINGS = 50;

/** Mean training loss of the readings before a step. */
function meanLossBy({ train }: MetricsLog, step: number): number {
  const [steps, losses] = [train.column('step'), train.column('loss')];
  const end = steps.findIndex((own) => own >= step);
  return meanOfLast(end < 0 ? losses : losses.subarray(0, end), READINGS);
}

/** By how much the held-out loss fell over the last quarter of the steps; null where that was not measured. */
export function fallAtTheEnd(log: MetricsLog): number | null {
  const looks = trainingLooks(log);
  const last = looks.at(-1);
  const before = looks.findLast(({ step }) => last !== undefined && step > 0 && step <= 0.76 * last.step);
  return last === undefined || before === undefined ? null : before.loss - last.loss;
}
