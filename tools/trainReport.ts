/** What `npm run train` says: how it goes, on standard error, and its closing line of JSON. */
import { counted } from '../src/core/counts.ts';
import { describeError } from '../src/core/errorSentences.ts';
import { metricsOf } from '../src/core/metrics.ts';
import type { RunSummary } from '../src/steps/train/trainCommands.ts';
import type { Events } from '../src/studio/events.ts';
import type { Engine } from './engine.ts';
import { formatSeconds, type Progress } from './progress.ts';

/** What the engine has told of the run so far. */
export interface Watched {
  state: Events['train.state'] | null;
  kept: Events['run.kept'] | null;
}

/** Tells how a run goes. @returns what is known of it, which changes as it goes */
export async function followRun(engine: Engine, progress: Progress): Promise<Watched> {
  const watched: Watched = { state: null, kept: null };
  let first: { readonly step: number; readonly elapsedMs: number } | null = null;
  await engine.subscribe('train.state', (state) => {
    watched.state = state;
  });
  await engine.subscribe('run.kept', (kept) => {
    const what = kept.problem && describeError(kept.problem).what;
    if (what && kept.problem?.message !== watched.kept?.problem?.message) progress.say(`${what} Training continues.`);
    watched.kept = kept;
  });
  await engine.subscribe('tokenizer.progress', ({ done, vocabSize }) => {
    progress.update(`Tokenizer: ${Math.round(done * 100)}%, ${vocabSize} tokens`);
  });
  await engine.subscribe('train.reference', ({ random, unigram, neighbours, neighbourTop1, words }) => {
    const ofWords = words ? `, word accuracy ${(words.top1 * 100).toFixed(1)}%` : '';
    progress.say(
      `Baselines on the same masks: random ${random.toFixed(3)}, unigram ${unigram.toFixed(3)}, ` +
        `neighbour counts ${neighbours.toFixed(3)} (masked accuracy ${(neighbourTop1 * 100).toFixed(1)}%${ofWords}).`,
    );
  });
  await engine.subscribe('train.metrics', ({ points, heldOut }) => {
    for (const { step, loss, top1, wordTop1, words } of heldOut) {
      const ofWords =
        wordTop1 === null ? '' : `, word accuracy ${(wordTop1 * 100).toFixed(1)}% (of ${counted(words ?? 0, 'word')})`;
      progress.say(
        `Step ${step}: held-out loss ${loss.toFixed(3)}, masked accuracy ${(top1 * 100).toFixed(1)}%${ofWords}`,
      );
    }
    const last = points.at(-1);
    if (last === undefined) return;
    first ??= points[0] ?? last;
    const steps = watched.state?.steps ?? 0;
    const msPerStep = last.step > first.step ? (last.elapsedMs - first.elapsedMs) / (last.step - first.step) : 0;
    progress.update(
      `Step ${last.step + 1} of ${steps}, loss ${last.loss.toFixed(3)}, ${Math.round(last.tokensPerSecond)} tokens/s, ` +
        `${formatSeconds((msPerStep / 1000) * (steps - last.step - 1))} left`,
    );
  });
  return watched;
}

/** The figures of the closing line, by the keys that other programs read, in order; null where nothing was held out. */
export function figuresOf(summary: RunSummary): Record<string, number | string | null> {
  const { steps, seconds, backend, adapter, tokensPerSecond, dataWaitShare, trainLoss, heldOut, reference } = summary;
  const { vocabSize, parameters } = summary;
  const measured = metricsOf('heldOut').filter(([, { tag }]) => tag !== undefined);
  return {
    ...{ steps, seconds, backend, adapter, tokensPerSecond, dataWaitShare },
    ...{ trainLoss, heldOutLoss: null, heldOutTop1: null, heldOutTop5: null, vocabSize, parameters },
    randomLoss: reference?.random ?? null,
    unigramLoss: reference?.unigram ?? null,
    neighbourLoss: reference?.neighbours ?? null,
    ...{ neighbourTop1: reference?.neighbourTop1 ?? null, neighbourTop5: reference?.neighbourTop5 ?? null },
    wordTableTop1: reference?.words?.top1 ?? null,
    wordTableTop5: reference?.words?.top5 ?? null,
    ...Object.fromEntries(
      measured.map(([key]) => [`heldOut${key[0]?.toUpperCase()}${key.slice(1)}`, heldOut?.[key] ?? null]),
    ),
  };
}
