import { useThrottled } from '../../charts/useThrottled.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { formatCount, significant } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { isActive, TrainControls } from './TrainControls.tsx';
import { TrainFields } from './TrainFields.tsx';
import { TrainKeptLine, TrainKeptProblem } from './TrainKept.tsx';
import { TrainLive } from './TrainLive.tsx';
import { TrainRange } from './TrainRange.tsx';
import { SweepProgress, TrainSweep } from './TrainSweep.tsx';
import { TrainTellMe } from './TrainTellMe.tsx';
import type { TrainSlice } from './trainState.ts';
import './TrainStep.css';
import { TrainMeaning } from '../../app/meanings.tsx';

/** The page draws figures and charts anew at most this often. */
const DRAW_EVERY_MS = 500;

/** Step 5: the run, live. */
export default function TrainStep() {
  const train = useStudio((state) => state.train);
  const shown = useThrottled(train, DRAW_EVERY_MS);
  const error = useStudio((state) => state.steps.train.error);
  const active = isActive(train.state.phase);
  const hasRun = train.runs.length > 0;
  return (
    <StepPage
      title="Train"
      lead="The model reads batch after batch, guesses the hidden words, and is corrected."
      meaning={<TrainMeaning />}
      actions={<TrainControls />}
    >
      <ErrorNotice error={error} />
      <TrainKeptProblem />
      <SweepProgress />
      {!hasRun && <TrainFields />}
      <TrainLive train={shown} />
      <TrainKeptLine />
      {active && <TrainTellMe />}
      {active && <RunSettings train={train} />}
      {!active && hasRun && (
        <Section title="The next run" note="It starts from fresh weights.">
          <TrainFields />
        </Section>
      )}
      {!active && (
        <Disclosure summary="Which learning rate: a short test">
          <TrainRange />
        </Disclosure>
      )}
      {!active && (
        <Disclosure summary="Several runs: which setting does best">
          <TrainSweep />
        </Disclosure>
      )}
    </StepPage>
  );
}

/** The settings of the run under way, in a line: they can't be changed now. */
function RunSettings({ train }: { readonly train: TrainSlice }) {
  const config = train.runs.at(-1)?.config;
  if (config === undefined) return null;
  const { training, pipeline } = config;
  return (
    <p className="soft small">
      {formatCount(training.steps)} steps of {training.batchSize} × {pipeline.seqLength} tokens, learning rate{' '}
      {significant(training.learningRate, 2)} ({training.schedule}, {formatCount(training.warmupSteps)} steps of
      warm-up), seed {training.seed}. Settings can be changed when the run has ended.
    </p>
  );
}
