import { memo } from 'react';
import { formatCount } from '../../store/format.ts';
import type { TrainSlice } from '../../store/train.ts';
import type { RunSummary } from '../../store/types.ts';
import { useStudio } from '../../store/useStudio.ts';
import { secondsLeft } from '../charts/timeLeft.ts';
import { ProgressLine } from '../design/ProgressLine.tsx';
import { TrainCharts } from './TrainCharts.tsx';
import { isActive } from './TrainControls.tsx';
import { TrainFigures } from './TrainFigures.tsx';
import { TrainVerses } from './TrainVerses.tsx';

/** The run under way, or the latest one: chart, verses, figures. */
export const TrainLive = memo(function TrainLive({ train }: { readonly train: TrainSlice }) {
  const { state, verses } = train;
  const run = train.runs.at(-1);
  const vocabSize = useStudio(({ tokenizer }) => tokenizer.summary?.vocabSize ?? 0);
  if (run === undefined) return null;
  const readings = run.log.train;
  const left = secondsLeft(readings.column('step'), readings.column('elapsedMs'), state.steps);
  return (
    <div className="train-live">
      {isActive(state.phase) && (
        <ProgressLine
          label={PHASE_WORDS[state.phase] ?? 'Training'}
          done={state.steps === 0 ? null : state.step / state.steps}
          detail={`step ${formatCount(state.step)} of ${formatCount(state.steps)}`}
          {...(state.phase === 'running' && { secondsLeft: left })}
        />
      )}
      {run.summary !== null && <Verdict summary={run.summary} />}
      <TrainCharts
        log={run.log}
        version={train.version}
        totalSteps={run.config.training.steps}
        vocabSize={run.summary?.vocabSize ?? vocabSize}
        name={run.name.replaceAll(/[ ,]+/g, '-').toLowerCase()}
      >
        {verses !== null && (
          <TrainVerses verses={verses.verses} step={verses.step} fromTraining={run.config.data.heldOutShare === 0} />
        )}
        <TrainFigures train={train} />
      </TrainCharts>
      <RunVoice train={train} />
    </div>
  );
});

/** What came of the run, in a sentence: only what its own figures say. */
function Verdict({ summary }: { readonly summary: RunSummary }) {
  const { heldOutLoss, firstHeldOutLoss, heldOutStandardError, steps, trainLoss } = summary;
  if (heldOutLoss === null || firstHeldOutLoss === null) {
    return (
      <p className="verdict">
        After {formatCount(steps)} steps the training loss is {trainLoss.toFixed(2)}. Nothing was held out, so nothing
        says how it does on text that it has not read.
      </p>
    );
  }
  const fall = firstHeldOutLoss - heldOutLoss;
  // Twice the standard error: less could be the choice of hidden words.
  const clear = Math.abs(fall) > 2 * (heldOutStandardError ?? 0);
  return (
    <p className="verdict">
      {clear
        ? `In ${formatCount(steps)} steps the held-out loss ${fall > 0 ? 'fell' : 'rose'} by ${Math.abs(fall).toFixed(2)} nats, from ${firstHeldOutLoss.toFixed(2)} to ${heldOutLoss.toFixed(2)}.`
        : `After ${formatCount(steps)} steps the held-out loss is where it was, ${heldOutLoss.toFixed(2)}.`}{' '}
      {heldOutLoss - trainLoss > 1 &&
        'It is far above the training loss: the model has begun to learn the text by heart.'}
    </p>
  );
}

const PHASE_WORDS: Partial<Record<TrainSlice['state']['phase'], string>> = {
  preparing: 'Measuring the start',
  running: 'Training',
  paused: 'Paused',
  stopping: 'Finishing',
};

/** Says aloud how the run goes, four times in all: more would drown everything else. */
function RunVoice({ train }: { readonly train: TrainSlice }) {
  const { phase, step, steps, error } = train.state;
  const quarter = steps === 0 ? 0 : Math.floor((4 * step) / steps);
  const words: Readonly<Record<typeof phase, string>> = {
    idle: '',
    preparing: 'The run is being prepared.',
    running: quarter === 0 ? 'Training has started.' : `${quarter * 25} percent of the steps are done.`,
    paused: 'Training is paused.',
    stopping: 'Training is stopping.',
    finished: 'Training has finished.',
    stopped: 'Training was stopped.',
    failed: error === null ? 'Training has failed.' : '',
  };
  return (
    <p className="visually-hidden" aria-live="polite">
      {words[phase]}
    </p>
  );
}
