import { Box, Button, Flex, Group, Stack } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import { debiasedAverage, meanOfLast } from '../../charts/smoothing.ts';
import { secondsLeft } from '../../charts/timeLeft.ts';
import { type FieldPath, type RunConfig, readField } from '../../core/config.ts';
import { formatMetric, type HeldOutPoint, METRICS, metricsOf } from '../../core/metrics.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { formatCount, formatDuration, formatShare, plural, significant } from '../../studio/page/format.ts';
import { createMetricsLog } from '../../studio/page/metricsLog.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { keptStep, learnsByHeartSince } from './heldOutCurve.ts';
import { HeldOutLoss, MaskedAccuracy, Speed } from './runFigures.tsx';
import { MOST_RUNS } from './sweepState.ts';
import { TrainCharts } from './TrainCharts.tsx';
import { isActive } from './TrainControls.tsx';
import { TrainRuns } from './TrainRuns.tsx';
import { TrainTakeAlong } from './TrainTakeAlong.tsx';
import { TrainVerses } from './TrainVerses.tsx';
import { type AdvisedChange, adviceOf } from './trainAdvice.ts';
import { lastStepOf, type OtherRun, USUAL_SMOOTHING } from './trainChartData.ts';
import type { RunRecord, TrainSlice } from './trainState.ts';
import { verdictOf } from './trainVerdict.ts';

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
  const shownVocabSize = run?.summary?.vocabSize ?? vocabSize;
  const left = timeLeft(train);
  return (
    <Stack gap={28} miw={0}>
      {isActive(state.phase) && <RunProgress train={train} left={left} />}
      {run !== undefined && <Verdict run={run} />}
      <TrainCharts
        log={run?.log ?? NO_LOG}
        version={train.version}
        totalSteps={run === undefined ? Math.max(1, nextSteps || 1) : lastStepOf(run, others)}
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
        {run !== undefined && <RunFigures train={train} left={left} />}
      </TrainCharts>
      {run !== undefined && !isActive(state.phase) && <Next run={run} />}
      {run !== undefined && <TrainTakeAlong run={run} runs={shown} others={others} vocabSize={shownVocabSize} />}
      {train.runs.length > 1 && <TrainRuns runs={train.runs.slice(-MOST_RUNS)} hidden={hidden} setHidden={setHidden} />}
      <RunVoice train={train} />
    </Stack>
  );
});

/** Its held-out losses as they are now, or where nothing was held out its smoothed training losses. */
function otherRun({ name, log: { heldOut, train } }: RunRecord): OtherRun {
  // "Run 2, tiny": there is room for the first part.
  const [short = name] = name.split(',');
  if (heldOut.length() > 0)
    return { name: short, steps: heldOut.column('step').slice(), losses: heldOut.column('loss').slice() };
  const losses = debiasedAverage(train.column('loss'), USUAL_SMOOTHING);
  return { name: short, steps: train.column('step').slice(), losses };
}

/** Seconds that the run still takes; null: not known yet. */
function timeLeft({ runs, state }: TrainSlice): number | null {
  const readings = runs.at(-1)?.log.train;
  return readings ? secondsLeft(readings.column('step'), readings.column('elapsedMs'), state.steps) : null;
}

interface RunningProps {
  readonly train: TrainSlice;
  /** Seconds left; null: not known yet. */
  readonly left: number | null;
}

function RunProgress({ train, left }: RunningProps) {
  const { phase, step, steps } = train.state;
  const lastLook = phase === 'running' && step === steps && steps > 0;
  return (
    <ProgressLine
      label={lastLook ? 'Final evaluation' : (PHASE_WORDS[phase] ?? 'Training')}
      done={steps === 0 ? null : step / steps}
      detail={`step ${formatCount(step)} of ${formatCount(steps)}`}
      {...(phase === 'running' && !lastLook && { secondsLeft: left })}
    />
  );
}

const PHASE_WORDS: Partial<Record<TrainSlice['state']['phase'], string>> = {
  preparing: 'Evaluating before step 1',
  running: 'Training',
  paused: 'Paused',
  stopping: 'Finishing',
  interrupted: 'Interrupted',
};

/** What came of the run: in words, and the figures of the last held-out pass. */
function Verdict({ run: { summary, log } }: { readonly run: RunRecord }) {
  if (summary === null) return null;
  const { heldOut } = summary;
  return (
    <Stack gap={16}>
      <p className="verdict">{verdictOf(summary, learnsByHeartSince(log)).join(' ')}</p>
      {heldOut !== null && <FinalFigures heldOut={heldOut} />}
    </Stack>
  );
}

function FinalFigures({ heldOut }: { readonly heldOut: HeldOutPoint }) {
  const { loss, standardError, documentError } = heldOut;
  const rows = metricsOf('heldOut');
  return (
    <Figures label="Final evaluation">
      <Figure
        label={METRICS.heldOut.loss.name}
        number={loss.toFixed(3)}
        unit={`± ${standardError.toFixed(3)}`}
        note={`${formatCount(heldOut.tokens)} masked tokens; other documents: ± ${Number.isNaN(documentError) ? '–' : documentError.toFixed(2)}`}
      />
      {rows.map(([key, metric]) => {
        const [label, note, beside] = metric.figure ?? [];
        if (label === undefined || heldOut[key] === null) return null;
        const also = rows.flatMap(([other, row]) => (other === beside ? formatMetric(row, heldOut[other]) : []));
        return <Figure key={key} label={label} number={formatMetric(metric, heldOut[key])} note={`${note}${also}`} />;
      })}
    </Figures>
  );
}

/** Readings that the shown loss is the mean of: one alone jumps with its batch. */
const MEAN_OF = 20;

/** The run in figures, as of now. */
function RunFigures({ train: { state, runs }, left }: RunningProps) {
  const { train, heldOut: looks } = runs.at(-1)?.log ?? NO_LOG;
  const losses = train.column('loss');
  const heldOut = looks.rows().at(-1) ?? null;
  const running = state.phase === 'running' || state.phase === 'paused';
  const taken = formatDuration(state.elapsedMs / 1000);
  return (
    <Figures label="The run in figures">
      <Figure
        label="Loss"
        number={losses.length === 0 ? '–' : meanOfLast(losses, MEAN_OF).toFixed(2)}
        unit="nats"
        note={`mean of ${Math.min(MEAN_OF, Math.max(1, losses.length))} steps`}
      />
      <HeldOutLoss
        heldOut={heldOut}
        note={heldOut === null ? 'not measured yet' : `at step ${formatCount(heldOut.step)}`}
      />
      <Figure
        label="Perplexity"
        number={heldOut === null ? '–' : significant(Math.exp(heldOut.loss), 3)}
        note="effective choices per token"
      />
      <MaskedAccuracy heldOut={heldOut} />
      <Speed
        tokensPerSecond={train.column('tokensPerSecond').at(-1) ?? null}
        note={`in epoch ${formatCount(state.epoch + 1)}; ${formatShare(state.dataWaitShare)} waiting for data`}
      />
      {running ? (
        <Figure label="Time left" number={left === null ? '–' : formatDuration(left)} note={`${taken} so far`} />
      ) : (
        <Figure label="Time taken" number={taken} note={plural(state.step, 'step')} />
      )}
    </Figures>
  );
}

/** What to try after a run that has ended, each with a button that sets it for the next one. */
function Next({ run: { summary, config, log } }: { readonly run: RunRecord }) {
  const advice = useMemo(() => (summary === null ? [] : adviceOf(summary, config, log)), [summary, config, log]);
  if (advice.length === 0) return null;
  return (
    <Flex component="section" direction="column" gap={12} aria-label="What to try next">
      <h2>What to try next</h2>
      {advice.map(({ words, change }) => (
        <Group key={words} justify="space-between" gap="8px 24px">
          <Box component="p" flex="1 1 320px">
            {words}
          </Box>
          <ChangeButton change={change} />
        </Group>
      ))}
    </Flex>
  );
}

function ChangeButton({ change }: { readonly change: AdvisedChange }) {
  const set = useStudio(({ config }) => isSet(config, change));
  const { configure } = useActions();
  if (set) return <span className="soft small">It is set for the next run.</span>;
  return (
    <Button variant="default" size="xs" onClick={() => configure(change.part, change.values)}>
      {change.label}
    </Button>
  );
}

function isSet(config: RunConfig, { part, values }: AdvisedChange): boolean {
  return Object.entries(values).every(([key, value]) =>
    Object.is(readField(config, `${part}.${key}` as FieldPath), value),
  );
}

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
    interrupted: error === null ? 'The run was interrupted.' : '',
  };
  return (
    <p className="visually-hidden" aria-live="polite">
      {words[phase]}
    </p>
  );
}
