import { useThrottledValue } from '@mantine/hooks';
import { useDeferredValue, useState } from 'react';
import { noticesAllowed } from '../../app/useEndNotice.ts';
import { counted } from '../../core/counts.ts';
import { errorInWords } from '../../core/errorSentences.ts';
import { SETTINGS } from '../../core/settings.ts';
import { ErrorNotice, Notice } from '../../design/Notices.tsx';
import { StepPage } from '../../design/StepPage.tsx';
import { formatClock, formatCount, significant } from '../../studio/page/format.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { isActive, TrainControls } from './TrainControls.tsx';
import { TrainLive } from './TrainLive.tsx';
import { NextRun, SweepProgress } from './TrainNext.tsx';
import type { TrainSlice } from './trainState.ts';
import './TrainStep.css';

/** The page draws figures and charts anew at most this often. */
const DRAW_EVERY_MS = 500;

/** Step 5: the run, live. */
export default function TrainStep() {
  const train = useStudio((state) => state.train);
  // Deferred: drawn in slices.
  const shown = useDeferredValue(useThrottledValue(train, DRAW_EVERY_MS));
  const error = useStudio((state) => state.steps.train.error);
  const active = isActive(train.state.phase);
  const hasRun = train.runs.length > 0;
  return (
    <StepPage
      title="Train"
      lead={
        hasRun
          ? null
          : 'In each step the model reads a batch and predicts the masked tokens; then its weights are updated.'
      }
      meaning={MEANING}
      wide={hasRun}
      actions={<TrainControls />}
    >
      <ErrorNotice error={error} />
      <KeptProblem />
      <SweepProgress />
      {!hasRun && <NextRun />}
      <TrainLive train={shown} />
      <KeptLine />
      {active && <TellMe />}
      {active && <RunSettings train={train} />}
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      The loss is the negative logarithm of the probability that the model gave to the masked token. A model that knows
      nothing gives every token the same probability, and starts at the line labelled “random”.
    </p>
    <p>
      The held-out loss is measured on text that the model is never trained on. During training the masks are always the
      same, so that its points can be compared; the final evaluation uses others, and more of them. Where the held-out
      loss rises while the training loss falls, the model overfits.
    </p>
    <p>A model first learns which tokens are frequent, and only later how to use their context.</p>
  </>
);

function KeptProblem() {
  const kept = useStudio((state) => state.train.kept);
  if (kept === null || kept.problem === null) return null;
  return (
    <Notice>
      {errorInWords(kept.problem)}
      {kept.step !== null && ` Last saved at step ${formatCount(kept.step)}.`}
    </Notice>
  );
}

function KeptLine() {
  const kept = useStudio((state) => state.train.kept);
  if (kept === null || kept.step === null || kept.savedMs === null) return null;
  return (
    <p className="soft small tabular">
      {kept.lasting
        ? `Saved on this device at step ${formatCount(kept.step)}, ${formatClock(kept.savedMs)}.`
        : 'This browser keeps nothing once the page is closed; export the model before you leave.'}
    </p>
  );
}

/** "Notify me when it ends": asks the browser only when it is pressed. */
function TellMe() {
  const wanted = useStudio((state) => state.train.tellAtEnd);
  const { setTellAtEnd } = useActions();
  const [allowed, setAllowed] = useState(noticesAllowed);
  const ask = async (): Promise<void> => {
    const answer = allowed === 'ask' ? await Notification.requestPermission() : 'granted';
    setAllowed(noticesAllowed());
    if (answer === 'granted') setTellAtEnd(true);
  };
  if (allowed === 'missing') return null;
  if (allowed === 'no') {
    return <p className="soft small">Notifications are blocked for this page. Allow them in the browser’s settings.</p>;
  }
  return (
    <p className="soft small" aria-live="polite">
      {wanted ? 'A notification will tell you when it ends. ' : 'It may take a while. '}
      <button type="button" className="link-button" onClick={() => (wanted ? setTellAtEnd(false) : void ask())}>
        {wanted ? 'Don’t notify me' : 'Notify me when it ends'}
      </button>
    </p>
  );
}

/** The settings of the run under way, in a line: they can't be changed now. */
function RunSettings({ train }: { readonly train: TrainSlice }) {
  const config = train.runs.at(-1)?.config;
  if (config === undefined) return null;
  const { training, pipeline } = config;
  const schedule = SETTINGS.training.schedule.options[training.schedule]?.[0] ?? training.schedule;
  return (
    <p className="soft small">
      {counted(training.steps, 'step')} of {training.batchSize} × {pipeline.seqLength} tokens, learning rate{' '}
      {significant(training.learningRate, 2)} ({schedule.toLowerCase()}, {counted(training.warmupSteps, 'step')} of
      warm-up), seed {training.seed}. Settings can be changed when the run has ended.
    </p>
  );
}
