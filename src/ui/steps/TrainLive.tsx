import { memo, useMemo, useState } from 'react';
import { formatCount } from '../../store/format.ts';
import { createMetricsLog } from '../../store/metricsLog.ts';
import { MOST_RUNS } from '../../store/sweep.ts';
import type { RunRecord, TrainSlice } from '../../store/train.ts';
import { useStudio } from '../../store/useStudio.ts';
import type { OtherRun } from '../charts/LossChart.tsx';
import { secondsLeft } from '../charts/timeLeft.ts';
import { ProgressLine } from '../design/ProgressLine.tsx';
import { TrainCharts } from './TrainCharts.tsx';
import { isActive } from './TrainControls.tsx';
import { TrainFigures } from './TrainFigures.tsx';
import { TrainRuns } from './TrainRuns.tsx';
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
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const shown = useMemo(() => train.runs.slice(-MOST_RUNS).filter(({ id }) => !hidden.has(id)), [train.runs, hidden]);
  const others = useMemo(() => shown.filter((other) => other !== run).map(otherRun), [shown, run]);
  // A run that was stopped ends where it was stopped.
  const ownSteps = run?.summary?.steps ?? run?.config.training.steps ?? nextSteps;
  const totalSteps = Math.max(ownSteps, ...others.map(({ steps }) => steps[steps.length - 1] ?? 0));
  return (
    <div className="train-live">
      {isActive(state.phase) && <RunProgress train={train} />}
      {run !== undefined && run.summary !== null && <TrainVerdict summary={run.summary} />}
      <TrainCharts
        log={run?.log ?? NO_LOG}
        version={train.version}
        totalSteps={Math.max(1, totalSteps || 1)}
        reference={run?.reference ?? null}
        others={others}
        vocabSize={run?.summary?.vocabSize ?? vocabSize}
        name={run?.name.replaceAll(/[ ,]+/g, '-').toLowerCase() ?? null}
      >
        {run !== undefined && verses !== null && (
          <TrainVerses verses={verses.verses} step={verses.step} fromTraining={run.config.data.heldOutShare === 0} />
        )}
        {run !== undefined && <TrainFigures train={train} />}
      </TrainCharts>
      {train.runs.length > 1 && <TrainRuns runs={train.runs.slice(-MOST_RUNS)} hidden={hidden} setHidden={setHidden} />}
      <RunVoice train={train} />
    </div>
  );
});

/** Its held-out losses as they are now. */
function otherRun({ name, log: { heldOut } }: RunRecord): OtherRun {
  // "Run 2, tiny": there is room for the first part.
  const [short = name] = name.split(',');
  return { name: short, steps: heldOut.column('step').slice(), losses: heldOut.column('loss').slice() };
}

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
