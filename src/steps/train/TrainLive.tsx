import { Box, Button, Flex, Stack } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import { debiasedAverage, meanOfLast } from '../../charts/smoothing.ts';
import { timeLeft } from '../../charts/timeLeft.ts';
import { counted } from '../../core/counts.ts';
import { figuresOf, type HeldOutPoint, METRICS } from '../../core/metrics.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { TabPanels } from '../../design/TabPanels.tsx';
import { formatCount, formatDuration, formatShare, significant } from '../../studio/page/format.ts';
import { createMetricsLog } from '../../studio/page/metricsLog.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { keptStep, learnsByHeartSince } from './heldOutCurve.ts';
import { HeldOutLoss, MaskedAccuracy, Speed } from './runFigures.tsx';
import { MOST_RUNS } from './sweepState.ts';
import { TrainCharts } from './TrainCharts.tsx';
import { isActive } from './TrainControls.tsx';
import { NextRun } from './TrainNext.tsx';
import { TrainRuns } from './TrainRuns.tsx';
import { TrainTakeAlong } from './TrainTakeAlong.tsx';
import { TrainVerses } from './TrainVerses.tsx';
import { type AdvisedChange, isSet, nextOf } from './trainAdvice.ts';
import { evaluationsWhileTraining, lastStepOf, type OtherRun, USUAL_SMOOTHING } from './trainChartData.ts';
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
  const [tab, setTab] = useState<string | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const shown = useMemo(() => train.runs.slice(-MOST_RUNS).filter(({ id }) => !hidden.has(id)), [train.runs, hidden]);
  const others = useMemo(() => shown.filter((other) => other !== run).map(otherRun), [shown, run]);
  const shownVocabSize = run?.summary?.vocabSize ?? vocabSize;
  const left = timeLeft(train);
  return (
    <Stack gap={24} miw={0}>
      {isActive(state.phase) && <RunProgress train={train} left={left} />}
      <TrainCharts
        log={run?.log ?? NO_LOG}
        version={train.version}
        totalSteps={run === undefined ? Math.max(1, nextSteps || 1) : lastStepOf(run, others)}
        reference={run?.reference ?? null}
        awaitsReference={run !== undefined && run.reference === null && holdsOut(run)}
        others={others}
        vocabSize={shownVocabSize}
        savedSteps={savedSteps}
        keptStep={run === undefined ? null : keptStep(run)}
        name={run?.name ?? null}
        under={
          run !== undefined &&
          (answers.length > 0 || isActive(state.phase)) && (
            <TrainVerses answers={answers} fromTraining={!holdsOut(run)} />
          )
        }
        beside={run !== undefined && <Beside train={train} run={run} left={left} />}
      >
        {(curves) =>
          run !== undefined && (
            <TabPanels
              label="More about the run"
              chosen={tab}
              onChoose={setTab}
              panels={{
                Metrics: (
                  <Stack gap={24}>
                    {run.summary !== null && <RunFigures train={train} left={left} />}
                    {curves}
                    <TrainTakeAlong run={run} runs={shown} others={others} vocabSize={shownVocabSize} />
                  </Stack>
                ),
                ...(train.runs.length > 1 && {
                  'Compare runs': (
                    <TrainRuns runs={train.runs.slice(-MOST_RUNS)} hidden={hidden} setHidden={setHidden} />
                  ),
                }),
                ...(!isActive(state.phase) && { 'Next run': <NextRun /> }),
              }}
            />
          )
        }
      </TrainCharts>
      <RunVoice train={train} />
    </Stack>
  );
});

function holdsOut({ config }: RunRecord): boolean {
  return config.data.heldOutShare > 0;
}

/** While it trains its figures; then the verdict, what to try next, and the final evaluation. */
function Beside({ train, run, left }: RunningProps & { readonly run: RunRecord }) {
  const { summary } = run;
  return (
    <Stack gap={24} className="train-beside">
      {summary !== null && <p className="verdict book">{verdictOf(summary, learnsByHeartSince(run.log)).join(' ')}</p>}
      {!isActive(train.state.phase) && <Next run={run} runs={train.runs} />}
      {summary === null && <RunFigures train={train} left={left} />}
      {summary !== null && summary.heldOut !== null && <FinalFigures heldOut={summary.heldOut} />}
    </Stack>
  );
}

/** Its held-out losses as they are now, or where nothing was held out its smoothed training losses. */
function otherRun({ name, log: { heldOut, train } }: RunRecord): OtherRun {
  // "Sonnets · lr 0.003": there is room for what differs.
  const short = name.split(' · ').slice(1).join(' · ') || name;
  if (heldOut.length() > 0) {
    const { step, loss, tokens } = heldOut.columns();
    const end = evaluationsWhileTraining({ tokens });
    return { name: short, steps: step.slice(0, end), losses: loss.slice(0, end) };
  }
  const losses = debiasedAverage(train.column('loss'), USUAL_SMOOTHING);
  return { name: short, steps: train.column('step').slice(), losses };
}

interface RunningProps {
  readonly train: TrainSlice;
  /** Seconds left; null: not known yet. */
  readonly left: number | null;
}

function RunProgress({ train, left }: RunningProps) {
  const { phase, step, steps } = train.state;
  const lastLook = phase === 'running' && step === steps && steps > 0;
  const plain = useStudio(({ device }) => device.report?.active === 'cpu');
  const count = `step ${formatCount(step)} of ${formatCount(steps)}`;
  return (
    <ProgressLine
      label={lastLook ? 'Final evaluation' : (PHASE_WORDS[phase] ?? 'Training')}
      done={steps === 0 ? null : step / steps}
      detail={plain && step === 0 ? `${count}; in plain JavaScript the first one can take a minute` : count}
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

function FinalFigures({ heldOut }: { readonly heldOut: HeldOutPoint }) {
  const { loss, standardError, documentError } = heldOut;
  return (
    <Box component="section">
      <Box component="h2" fz="var(--text-lg)" mb={8}>
        Final evaluation
      </Box>
      <Figures label="Final evaluation">
        <Figure
          label={METRICS.heldOut.loss.name}
          number={loss.toFixed(3)}
          unit={`± ${standardError.toFixed(3)}`}
          note={`${counted(heldOut.tokens, 'masked token')}; ± ${Number.isNaN(documentError) ? '–' : documentError.toFixed(2)} over documents`}
        />
        {figuresOf(heldOut).map(({ key, ...figure }) => (
          <Figure key={key} {...figure} />
        ))}
      </Figures>
    </Box>
  );
}

/** Readings that the shown loss is the mean of: one alone jumps with its batch. */
const MEAN_OF = 20;

const meanWords = (readings: number): string =>
  readings > 1 ? `over the last ${Math.min(MEAN_OF, readings)} steps` : 'of one step';

function RunFigures({ train: { state, runs }, left }: RunningProps) {
  const { train, heldOut: looks } = runs.at(-1)?.log ?? NO_LOG;
  const losses = train.column('loss');
  const heldOut = looks.rows().at(-1) ?? null;
  const running = state.phase === 'running' || state.phase === 'paused';
  const taken = formatDuration(state.elapsedMs / 1000);
  const newest = runs.at(-1)?.summary ?? null;
  const summary = running ? null : newest;
  // The final evaluation has its own; each figure stands once.
  const ended = newest?.heldOut != null;
  return (
    <Figures label="The run in figures">
      <Figure
        label="Mean training loss"
        number={losses.length === 0 ? '–' : (summary?.trainLoss ?? meanOfLast(losses, MEAN_OF)).toFixed(2)}
        unit="nats"
        note={summary ? 'over the last tenth of the steps' : meanWords(losses.length)}
      />
      {!ended && (
        <HeldOutLoss
          heldOut={heldOut}
          note={heldOut === null ? 'not measured yet' : `at step ${formatCount(heldOut.step)}`}
        />
      )}
      <Figure
        label="Perplexity"
        number={heldOut === null ? '–' : significant(Math.exp(heldOut.loss), 3)}
        note="effective number of choices per token"
      />
      {!ended && <MaskedAccuracy heldOut={heldOut} />}
      <Speed
        tokensPerSecond={train.column('tokensPerSecond').at(-1) ?? null}
        note={`in epoch ${formatCount(state.epoch + 1)}; ${formatShare(state.dataWaitShare)} of time waiting for data`}
      />
      {running ? (
        <Figure label="Time left" number={left === null ? '–' : formatDuration(left)} note={`${taken} so far`} />
      ) : (
        <Figure label="Time taken" number={taken} note={counted(state.step, 'step')} />
      )}
    </Figures>
  );
}

/** What to try after a run that has ended, with a button that sets it for the next one: one thing that was not tried yet. */
function Next({ run, runs }: { readonly run: RunRecord; readonly runs: readonly RunRecord[] }) {
  const advice = useMemo(() => nextOf(run, runs), [run, runs]);
  if (advice === null) return null;
  return (
    <Flex component="section" direction="column" gap={8} align="flex-start" aria-label="What to try next">
      <Box component="h2" fz="var(--text-lg)">
        What to try next
      </Box>
      <p className="small">{advice.words}</p>
      <ChangeButton change={advice.change} />
    </Flex>
  );
}

function ChangeButton({ change }: { readonly change: AdvisedChange }) {
  const set = useStudio(({ config }) => isSet(config, change));
  const { configure } = useActions();
  if (set) return <span className="soft small">It is set for the next run.</span>;
  return (
    <Button size="xs" onClick={() => configure(change.part, change.values)}>
      {change.label}
    </Button>
  );
}

/** Says aloud how the run goes, four times in all: more would drown everything else. */
function RunVoice({ train }: { readonly train: TrainSlice }) {
  const { phase, step, steps, error } = train.state;
  const quarter = steps === 0 ? 0 : Math.floor((4 * step) / steps);
  const words: Readonly<Record<typeof phase, string>> = {
    idle: '',
    preparing: 'The run is being prepared.',
    running: quarter === 0 ? 'Training has started.' : `${quarter * 25} per cent of the steps are done.`,
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
