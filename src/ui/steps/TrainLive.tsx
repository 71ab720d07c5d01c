import { memo } from 'react';
import { formatCount } from '../../store/format.ts';
import { createMetricsLog } from '../../store/metricsLog.ts';
import type { TrainSlice } from '../../store/train.ts';
import { useStudio } from '../../store/useStudio.ts';
import { secondsLeft } from '../charts/timeLeft.ts';
import { ProgressLine } from '../design/ProgressLine.tsx';
import { TrainCharts } from './TrainCharts.tsx';
import { isActive } from './TrainControls.tsx';
import { TrainFigures } from './TrainFigures.tsx';
import { TrainVerdict } from './TrainVerdict.tsx';
import { TrainVerses } from './TrainVerses.tsx';

/** A chart has a place before there is a run, so that it is there when the run starts. */
const NO_LOG = createMetricsLog();

/** The run under way, or the latest one: chart, verses, figures. Before the first run, the place where they will be. */
export const TrainLive = memo(function TrainLive({ train }: { readonly train: TrainSlice }) {
  const { state, verses } = train;
  const run = train.runs.at(-1);
  const vocabSize = useStudio(({ tokenizer, config }) => tokenizer.summary?.vocabSize ?? config.tokenizer.vocabSize);
  const nextSteps = useStudio(({ config }) => config.training.steps);
  // A run that was stopped ends where it was stopped.
  const totalSteps = run?.summary?.steps ?? run?.config.training.steps ?? nextSteps;
  return (
    <div className="train-live">
      {isActive(state.phase) && <RunProgress train={train} />}
      {run !== undefined && run.summary !== null && <TrainVerdict summary={run.summary} />}
      <TrainCharts
        log={run?.log ?? NO_LOG}
        version={train.version}
        totalSteps={Math.max(1, totalSteps || 1)}
        reference={run?.reference ?? null}
        vocabSize={run?.summary?.vocabSize ?? vocabSize}
        name={run?.name.replaceAll(/[ ,]+/g, '-').toLowerCase() ?? null}
      >
        {run !== undefined && verses !== null && (
          <TrainVerses verses={verses.verses} step={verses.step} fromTraining={run.config.data.heldOutShare === 0} />
        )}
        {run !== undefined && <TrainFigures train={train} />}
      </TrainCharts>
      <RunVoice train={train} />
    </div>
  );
});

function RunProgress({ train }: { readonly train: TrainSlice }) {
  const { phase, step, steps } = train.state;
  const readings = train.runs.at(-1)?.log.train;
  const left = readings ? secondsLeft(readings.column('step'), readings.column('elapsedMs'), steps) : null;
  return (
    <ProgressLine
      label={PHASE_WORDS[phase] ?? 'Training'}
      done={steps === 0 ? null : step / steps}
      detail={`step ${formatCount(step)} of ${formatCount(steps)}`}
      {...(phase === 'running' && { secondsLeft: left })}
    />
  );
}

const PHASE_WORDS: Partial<Record<TrainSlice['state']['phase'], string>> = {
  preparing: 'Measuring the start',
  running: 'Training',
  paused: 'Paused',
  stopping: 'Finishing',
  interrupted: 'Standing still',
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
    interrupted: error === null ? 'The run stands still.' : '',
  };
  return (
    <p className="visually-hidden" aria-live="polite">
      {words[phase]}
    </p>
  );
}
