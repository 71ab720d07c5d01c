import { memo, useMemo, useState } from 'react';
import { debiasedAverage } from '../../charts/smoothing.ts';
import { secondsLeft } from '../../charts/timeLeft.ts';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { createMetricsLog } from '../../studio/page/metricsLog.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { keptStep } from './heldOutCurve.ts';
import { MOST_RUNS } from './sweepState.ts';
import { TrainCharts } from './TrainCharts.tsx';
import { isActive } from './TrainControls.tsx';
import { TrainFigures } from './TrainFigures.tsx';
import { TrainNext } from './TrainNext.tsx';
import { TrainRuns } from './TrainRuns.tsx';
import { TrainTakeAlong } from './TrainTakeAlong.tsx';
import { TrainVerdict } from './TrainVerdict.tsx';
import { TrainVerses } from './TrainVerses.tsx';
import { type OtherRun, USUAL_SMOOTHING } from './trainChartData.ts';
import type { RunRecord, TrainSlice } from './trainState.ts';

/** A chart has a place before there is a run, so that it is there when the run starts. */
const NO_LOG = createMetricsLog();

/** The run under way, or the latest one: chart, verses, figures. Before the first run, the place where they will be. */
export const TrainLive = memo(function TrainLive({ train }: { readonly train: TrainSlice }) {
  const { state, answers, savedSteps } = train;
  const run = train.runs.at(-1);
  const vocabSize = useStudio(({ tokenizer, config }) => tokenizer.summary?.vocabSize ?? config.tokenizer.vocabSize);
  const nextSteps = useStudio(({ config }) => config.training.steps);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const shown = useMemo(() => train.runs.slice(-MOST_RUNS).filter(({ id }) => !hidden.has(id)), [train.runs, hidden]);
  const others = useMemo(() => shown.filter((other) => other !== run).map(otherRun), [shown, run]);
  // A run that was stopped ends where it was stopped.
  const ownSteps = run?.summary?.steps ?? run?.config.training.steps ?? nextSteps;
  const totalSteps = Math.max(ownSteps, ...others.map(({ steps }) => steps[steps.length - 1] ?? 0));
  const shownVocabSize = run?.summary?.vocabSize ?? vocabSize;
  return (
    <div className="train-live">
      {isActive(state.phase) && <RunProgress train={train} />}
      {run !== undefined && <TrainVerdict run={run} />}
      <TrainCharts
        log={run?.log ?? NO_LOG}
        version={train.version}
        totalSteps={Math.max(1, totalSteps || 1)}
        reference={run?.reference ?? null}
        others={others}
        vocabSize={shownVocabSize}
        savedSteps={savedSteps}
        keptStep={run === undefined ? null : keptStep(run)}
        name={run?.name ?? null}
      >
        {run !== undefined && answers.length > 0 && (
          <TrainVerses answers={answers} fromTraining={run.config.data.heldOutShare === 0} />
        )}
        {run !== undefined && <TrainFigures train={train} />}
      </TrainCharts>
      {run !== undefined && !isActive(state.phase) && <TrainNext run={run} />}
      {run !== undefined && <TrainTakeAlong run={run} runs={shown} others={others} vocabSize={shownVocabSize} />}
      {train.runs.length > 1 && <TrainRuns runs={train.runs.slice(-MOST_RUNS)} hidden={hidden} setHidden={setHidden} />}
      <RunVoice train={train} />
    </div>
  );
});

/** Its held-out losses as they are now, or where nothing was held out its smoothed training losses. */
function otherRun({ name, log: { heldOut, train } }: RunRecord): OtherRun {
  // "Run 2, tiny": there is room for the first part.
  const [short = name] = name.split(',');
  if (heldOut.length() === 0) {
    return {
      name: short,
      steps: train.column('step').slice(),
      losses: debiasedAverage(train.column('loss'), USUAL_SMOOTHING),
    };
  }
  return { name: short, steps: heldOut.column('step').slice(), losses: heldOut.column('loss').slice() };
}

function RunProgress({ train }: { readonly train: TrainSlice }) {
  const { phase, step, steps } = train.state;
  const readings = train.runs.at(-1)?.log.train;
  const left = readings ? secondsLeft(readings.column('step'), readings.column('elapsedMs'), steps) : null;
  const lastLook = phase === 'running' && step === steps && steps > 0;
  return (
    <ProgressLine
      label={
        lastLook ? 'The last look at the held-out text, longer than the others' : (PHASE_WORDS[phase] ?? 'Training')
      }
      done={steps === 0 ? null : step / steps}
      detail={`step ${formatCount(step)} of ${formatCount(steps)}`}
      {...(phase === 'running' && !lastLook && { secondsLeft: left })}
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
