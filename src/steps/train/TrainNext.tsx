import { Button, Stack, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { ChartFigure } from '../../charts/ChartFigure.tsx';
import { BARE_CHART, type Chart } from '../../charts/chart.ts';
import { chartTable } from '../../charts/chartTable.ts';
import { useChartView } from '../../charts/useChartView.ts';
import { type FieldPath, readField, settingOf } from '../../core/config.ts';
import { type RangePoint, type RangeTest, TRIAL_STEPS } from '../../core/rangeTest.ts';
import { warmupFor } from '../../core/settings.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { Disclosure } from '../../design/Disclosure.tsx';
import { SelectField } from '../../design/Field.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { formatCount, significant } from '../../studio/page/format.ts';
import { rateCaution } from '../../studio/page/limits.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { currentEngine, useActions, useStudio } from '../../studio/page/useStudio.ts';
import { suggestSteps } from '../../text/tokenizer/suggestSize.ts';
import { MOST_RUNS, readSweep, SWEPT_PATHS } from './sweepState.ts';

/** The settings of the next run: the few that matter first, the rest under "More"; and what finds better ones. */
export function NextRun() {
  const caution = useStudio(({ config }) => rateCaution(config.training));
  const notes = { 'training.learningRate': caution && <span className="field-caution">{caution}</span> };
  return (
    <Stack gap={20}>
      <StepsSuggestion />
      <SettingsForm of="training" notes={notes} />
      <Disclosure summary="More: warm-up, schedule, weight decay, label smoothing, weights kept, saving">
        <SettingsForm of="training" more />
      </Disclosure>
      <Disclosure summary="Learning-rate range test">
        <TrainRange />
      </Disclosure>
      <Disclosure summary="Sweep: several values of a setting">
        <TrainSweep />
      </Disclosure>
    </Stack>
  );
}

function StepsSuggestion() {
  const hasRun = useStudio((state) => state.train.runs.length > 0);
  const text = useStudio((state) => state.data.summary);
  const chosen = useStudio((state) => state.config.training.steps);
  const { configure } = useActions();
  const steps = text === null ? chosen : suggestSteps(text);
  // What to try after a run is said beside it.
  if (hasRun || steps === chosen) return null;
  return (
    <p className="soft small">
      Suggested for a text of this size: {formatCount(steps)} steps, so that a long text is read often enough and a
      short one is not overfitted.{' '}
      <Button size="xs" onClick={() => configure('training', { steps, warmupSteps: warmupFor(steps) })}>
        Use {formatCount(steps)}
      </Button>
    </p>
  );
}

const SMALLEST_RATE = 1e-5;
const LARGEST_RATE = 1;

/** The learning-rate range test: a button, a chart, and a rate to take over. */
function TrainRange() {
  const { done, points, result } = useStudio((state) => state.range);
  const blocked = useStudio((state) => selectBlocked(state, 'train') ?? selectBusy(state));
  const chosen = useStudio((state) => state.config.training.learningRate);
  const { testRange, configure } = useActions();
  return (
    <Stack gap={16}>
      <p className="soft small">
        Up to 120 steps on a throwaway model, at rates from 0.00001 to 1. Where the loss turns upwards, the rate is too
        high. Three lower rates are then tried for {TRIAL_STEPS} steps each.
      </p>
      {done === null ? (
        <Button style={{ alignSelf: 'start' }} disabled={blocked !== null} onClick={() => void testRange()}>
          Test learning rates
        </Button>
      ) : (
        <ProgressLine
          label="Testing learning rates"
          done={done}
          onCancel={() => currentEngine().cancel('train.range')}
        />
      )}
      {points.length > 1 && <RangeChart points={points} suggested={result?.suggested ?? null} />}
      {result !== null && (
        <p role="status">
          {recommendation(result)}{' '}
          {result.suggested !== null && result.suggested !== chosen && (
            <Button size="xs" onClick={() => configure('training', { learningRate: result.suggested ?? chosen })}>
              Use {result.suggested}
            </Button>
          )}
        </p>
      )}
    </Stack>
  );
}

function recommendation({ turn, trials, suggested }: RangeTest): string {
  if (turn === null)
    return 'The loss does not rise at any of these rates, so the curve does not allow a recommendation.';
  const tried = trials.map(({ learningRate, last }) => `${learningRate}: ${last.toFixed(2)}`).join(', ');
  const found = `The loss starts to rise at a rate of ${significant(turn, 2)}. Losses after ${TRIAL_STEPS} steps at lower rates, in nats: ${tried}.`;
  return suggested === null
    ? `${found} None of them lowered the loss, so none is recommended.`
    : `${found} Recommended: ${suggested}.`;
}

interface RangeChartProps {
  readonly points: readonly RangePoint[];
  /** Noted at its place; null: not known yet. */
  readonly suggested: number | null;
}

/** The loss over the learning rate, which grows along a logarithmic axis. */
function RangeChart({ points, suggested }: RangeChartProps) {
  const view = useChartView(LARGEST_RATE, true, SMALLEST_RATE);
  const chart = useMemo(() => rangeChart(points, suggested), [points, suggested]);
  return (
    <div>
      <ChartFigure chart={chart} view={view} height={220} />
      <DisclosedTable summary="The curve as a table" content={() => chartTable([chart])} />
    </div>
  );
}

function rangeChart(points: readonly RangePoint[], suggested: number | null): Chart {
  return {
    ...BARE_CHART,
    title: 'Loss against learning rate',
    lines: [
      {
        name: 'loss',
        kind: 'train',
        steps: points.map(({ learningRate }) => learningRate),
        values: points.map(({ loss }) => loss),
        average: points.map(({ smooth }) => smooth),
      },
    ],
    notes: suggested === null ? [] : [{ step: suggested, words: `recommended: ${suggested}` }],
    format: (loss) => loss.toFixed(2),
    formatTick: (loss) => loss.toFixed(1),
    formatStep: (rate) => String(Number(rate.toPrecision(2))),
    stepName: 'learning rate',
    from: 'values',
  };
}

const FIRST_PATH: FieldPath = 'training.learningRate';

/** Several runs over one setting, one after another. */
function TrainSweep() {
  const [path, setPath] = useState<FieldPath>(FIRST_PATH);
  const [text, setText] = useState('');
  const config = useStudio((state) => state.config);
  const blocked = useStudio((state) => selectBlocked(state, 'train') ?? selectBusy(state));
  const { startSweep } = useActions();
  const values = readSweep(config, path, text);
  const problem = typeof values === 'string' ? values : null;
  return (
    <Stack gap={16} maw={520} align="flex-start">
      <SelectField
        label="Setting"
        value={path}
        onChange={setPath}
        data={SWEPT_PATHS.map((value) => ({ value, label: settingOf(value).term }))}
      />
      <TextInput
        label="Values"
        description={`Up to ${MOST_RUNS} values, separated by commas; currently ${readField(config, path)}. Each value gets a full run from new weights; everything else stays as it is. The run with the lowest held-out loss is kept on this device; of the others only the figures are kept, until you close the page.`}
        placeholder="0.0005, 0.0015, 0.0045"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text === '' ? null : problem}
      />
      <Button
        disabled={blocked !== null || problem !== null}
        onClick={() => {
          if (typeof values === 'string') return;
          void startSweep(path, values);
          // The chart is what there is to see now.
          window.scrollTo({ top: 0 });
        }}
      >
        {typeof values === 'string' ? 'Start the runs' : `Start ${values.length} runs`}
      </Button>
      {blocked !== null && <p className="soft small">{blocked}</p>}
    </Stack>
  );
}

/** Which run of how many is under way, and a way out. */
export function SweepProgress() {
  const sweep = useStudio((state) => state.sweep);
  const { stopSweep } = useActions();
  if (sweep === null) return null;
  const { path, values, at, stopping } = sweep;
  return (
    <p className="small">
      Run {at + 1} of {values.length}: {settingOf(path).term} {String(values[at])}.{' '}
      {stopping ? (
        'Stopping this run and the sweep.'
      ) : (
        <Button size="xs" onClick={stopSweep}>
          Stop all
        </Button>
      )}
    </p>
  );
}
