/** What to try after a run: only what its own figures give a reason for, the most promising first. */
import { DEFAULT_CONFIG, type FieldPath, type RunConfig, readField, startsAtNeighbours } from '../../core/config.ts';
import { SETTINGS, warmupFor } from '../../core/settings.ts';
import { formatCount } from '../../studio/page/format.ts';
import type { MetricsLog } from '../../studio/page/metricsLog.ts';
import { beats, fallAtTheEnd, learnsByHeartSince } from './heldOutCurve.ts';
import type { RunSummary } from './trainCommands.ts';
import type { RunRecord } from './trainState.ts';

/** A change of the settings that a button makes. */
export type AdvisedChange = {
  [Part in keyof RunConfig]: { readonly part: Part; readonly values: Partial<RunConfig[Part]>; readonly label: string };
}[keyof RunConfig];

export interface Advice {
  readonly words: string;
  readonly change: AdvisedChange;
}

/** A fall over the last quarter that is worth more steps, in nats. */
const STILL_FALLING = 0.03;
const MOST_DROPOUT = 0.4;

/** Advice after a run, at most two pieces. */
export function adviceOf(summary: RunSummary, config: RunConfig, log: MetricsLog): Advice[] {
  if (summary.heldOut === null) return [holdOut()];
  const since = learnsByHeartSince(log);
  const { unigram, neighbours } = summary.reference ?? { unigram: Number.NaN, neighbours: Number.NaN };
  if (since !== null)
    return [moreDropout(config, since), fewerSteps(config, since)].filter((advice) => advice !== null);
  if (!beats(summary.heldOut, unigram)) return [afterPlateau(summary, config)];
  const fall = fallAtTheEnd(log) ?? 0;
  if (fall > STILL_FALLING)
    return [
      moreSteps(
        config,
        `The held-out loss was still falling, by ${fall.toFixed(2)} nats over the last quarter of the steps.`,
      ),
    ];
  if (!beats(summary.heldOut, neighbours)) {
    return [
      moreSteps(config, 'Neighbour counts do just as well and take no time; models learn word order late.'),
      otherRate(config),
    ];
  }
  return [wider(config), otherSeed(config)];
}

/** What to try next: the first advice that no run of this visit has tried; null where there is none. */
export function nextOf({ summary, config, log }: RunRecord, runs: readonly Pick<RunRecord, 'config'>[]): Advice | null {
  if (summary === null) return null;
  const isTried = ({ change }: Advice): boolean => runs.some((run) => isSet(run.config, change));
  return adviceOf(summary, config, log).find((advice) => !isTried(advice)) ?? null;
}

/** Whether settings are what a change would make of them. */
export function isSet(config: RunConfig, { part, values }: AdvisedChange): boolean {
  return Object.entries(values).every(([key, value]) =>
    Object.is(readField(config, `${part}.${key}` as FieldPath), value),
  );
}

function advise<Part extends keyof RunConfig>(
  words: string,
  part: Part,
  values: Partial<RunConfig[Part]>,
  label: string,
): Advice {
  return { words, change: { part, values, label } as AdvisedChange };
}

function holdOut(): Advice {
  const words = 'Hold out a tenth of the text: the next run then measures performance on unseen text.';
  return advise(words, 'data', { heldOutShare: 0.1 }, 'Hold out 10%');
}

function moreSteps({ training }: RunConfig, why: string, times = 2): Advice {
  const steps = Math.min(SETTINGS.training.steps.maximum, times * training.steps);
  const values = { steps, warmupSteps: warmupFor(steps) };
  return advise(`${why} More steps are the next thing to try.`, 'training', values, `Use ${formatCount(steps)} steps`);
}

function fewerSteps({ training }: RunConfig, since: number): Advice | null {
  if (training.keepWeights === 'best' || since === 0) return null;
  const words = 'Keep the best weights rather than the last: later overfitting then costs nothing.';
  return advise(words, 'training', { keepWeights: 'best' }, 'Keep the best');
}

function moreDropout({ model }: RunConfig, since: number): Advice | null {
  if (model.hiddenDropoutProb >= MOST_DROPOUT) return null;
  const hiddenDropoutProb = Number(Math.min(MOST_DROPOUT, model.hiddenDropoutProb + 0.1).toFixed(2));
  const words = `The model has been overfitting since step ${formatCount(since)}. A longer text helps most; more dropout helps as well.`;
  return advise(words, 'model', { hiddenDropoutProb }, `Use dropout ${hiddenDropoutProb}`);
}

/** Word frequencies were all that it learned: a rate that teaches nothing, weights that find no way out, or too few steps. */
function afterPlateau({ firstHeldOutLoss, heldOut }: RunSummary, config: RunConfig): Advice {
  if (config.training.learningRate === 0) {
    const { learningRate } = DEFAULT_CONFIG.training;
    return advise(
      'With a learning rate of 0 nothing can be learned.',
      'training',
      { learningRate },
      `Use ${learningRate}`,
    );
  }
  if (heldOut !== null && firstHeldOutLoss !== null && heldOut.loss > firstHeldOutLoss) return otherRate(config);
  if (!startsAtNeighbours(config.model) && startsAtNeighbours({ ...config.model, initialization: 'auto' })) {
    const words =
      'With this initialisation the loss stays at the unigram level for a long time; with neighbour heads it falls below it within 100 steps.';
    return advise(words, 'model', { initialization: 'auto' }, 'Use neighbour heads');
  }
  return moreSteps(config, 'Models learn token frequencies first and word order only later.', 3);
}

function otherRate({ training }: RunConfig): Advice {
  const learningRate = Number((training.learningRate / 3).toPrecision(2));
  const words =
    'The rate may be too high. The learning-rate range test under “Next run” finds a better one; as a first try, use a third of the current rate.';
  return advise(words, 'training', { learningRate }, `Use ${learningRate}`);
}

function wider({ model }: RunConfig): Advice {
  const hiddenSize = 2 * model.hiddenSize;
  const words = 'The held-out loss has levelled off without overfitting. A larger hidden size gives more capacity.';
  return advise(words, 'model', { hiddenSize, intermediateSize: 4 * hiddenSize }, `Use hidden size ${hiddenSize}`);
}

function otherSeed({ training }: RunConfig): Advice {
  const seed = training.seed + 1;
  return advise(
    'Another seed shows how much of this result is due to chance.',
    'training',
    { seed },
    `Use seed ${seed}`,
  );
}
