import { meanOfLast } from '../../charts/smoothing.ts';
import { secondsLeft } from '../../charts/timeLeft.ts';
import { METRICS } from '../../core/metrics.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { formatCount, formatDuration, formatShare, significant } from '../../studio/page/format.ts';
import type { TrainSlice } from './trainState.ts';

/** Readings that the shown loss is the mean of: one alone jumps with its batch. */
const MEAN_OF = 20;

/** The run in figures, as of now. */
export function TrainFigures({ train }: { readonly train: TrainSlice }) {
  const { state, latest, latestHeldOut: heldOut, runs } = train;
  const log = runs.at(-1)?.log;
  const losses = log?.train.column('loss') ?? new Float64Array(0);
  const running = state.phase === 'running' || state.phase === 'paused';
  const left =
    log && running ? secondsLeft(log.train.column('step'), log.train.column('elapsedMs'), state.steps) : null;
  return (
    <Figures label="The run in figures">
      <Figure
        label="Loss"
        number={latest === null ? '–' : meanOfLast(losses, MEAN_OF).toFixed(2)}
        unit="nats"
        note={`mean of ${Math.min(MEAN_OF, Math.max(1, losses.length))} steps`}
      />
      <Figure
        label={METRICS.heldOut.loss.name}
        number={heldOut === null ? '–' : heldOut.loss.toFixed(2)}
        {...(heldOut !== null && { unit: `± ${heldOut.standardError.toFixed(2)}` })}
        note={heldOut === null ? 'not measured yet' : `at step ${formatCount(heldOut.step)}`}
      />
      <Figure
        label="Perplexity"
        number={heldOut === null ? '–' : significant(Math.exp(heldOut.loss), 3)}
        note="tokens it wavers between"
      />
      <Figure
        label={METRICS.heldOut.top1.name}
        number={heldOut === null ? '–' : formatShare(heldOut.top1)}
        note={heldOut === null ? 'held out' : `held out; among five: ${formatShare(heldOut.top5)}`}
      />
      <Figure
        label={METRICS.train.tokensPerSecond.name}
        number={latest === null ? '–' : formatCount(Number(latest.tokensPerSecond.toPrecision(3)))}
        note={`in epoch ${formatCount(state.epoch + 1)}; ${formatShare(state.dataWaitShare)} waiting for data`}
      />
      <Figure
        label={running ? 'Time left' : 'Time taken'}
        number={running ? (left === null ? '–' : formatDuration(left)) : formatDuration(state.elapsedMs / 1000)}
        note={running ? `${formatDuration(state.elapsedMs / 1000)} so far` : `${formatCount(state.step)} steps`}
      />
    </Figures>
  );
}
