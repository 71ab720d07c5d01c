import { Button, Stack } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { useDeferredValue, useState } from 'react';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { noticesAllowed } from '../../app/useEndNotice.ts';
import { describeError } from '../../core/errorSentences.ts';
import { warmupFor } from '../../core/settings.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { ErrorNotice, Notice } from '../../design/Notices.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { formatClock, formatCount, significant } from '../../studio/page/format.ts';
import { rateCaution } from '../../studio/page/limits.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { suggestSteps } from '../../text/tokenizer/suggestSize.ts';
import { isActive, TrainControls } from './TrainControls.tsx';
import { TrainLive } from './TrainLive.tsx';
import { TrainRange } from './TrainRange.tsx';
import { SweepProgress, TrainSweep } from './TrainSweep.tsx';
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
      lead="In each step the model reads a batch, predicts the masked tokens, and its weights are updated."
      meaning={MEANING}
      actions={<TrainControls />}
    >
      <ErrorNotice error={error} />
      <KeptProblem />
      <SweepProgress />
      {!hasRun && <Fields />}
      <TrainLive train={shown} />
      <KeptLine />
      {active && <TellMe />}
      {active && <RunSettings train={train} />}
      {!active && hasRun && (
        <Section title="The next run" note="It starts from new weights.">
          <Fields />
        </Section>
      )}
      {!active && (
        <Disclosure summary="Learning-rate range test">
          <TrainRange />
        </Disclosure>
      )}
      {!active && (
        <Disclosure summary="Sweep: several values of a setting">
          <TrainSweep />
        </Disclosure>
      )}
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      The loss is the negative logarithm of the probability that the model gave to the masked token. A model that knows
      nothing gives every token the same, and starts at the line named random.
    </p>
    <p>
      The held-out loss is measured on text that is never trained on, always with the same masks, so that its points
      compare. Where it rises while the training loss falls, the model overfits.
    </p>
    <p>First it learns which tokens are frequent, and only later to use their context.</p>
  </>
);

/** Says that the run is not saved, and why. */
function KeptProblem() {
  const kept = useStudio((state) => state.train.kept);
  if (kept === null || kept.problem === null) return null;
  const { what, remedy } = describeError(kept.problem);
  return (
    <Notice>
      {what} {remedy}
      {kept.step !== null && ` Saved last: step ${formatCount(kept.step)}.`}
    </Notice>
  );
}

/** When the run was saved last. */
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

/** "Tell me when it ends": asks the browser only when it is pressed. */
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
    return <p className="soft small">Notifications are blocked for this page; the browser’s settings allow them.</p>;
  }
  return (
    <p className="soft small" aria-live="polite">
      {wanted ? 'A notification will tell you when it ends. ' : 'It may take a while. '}
      <button type="button" className="link-button" onClick={() => (wanted ? setTellAtEnd(false) : void ask())}>
        {wanted ? 'Leave it' : 'Tell me when it ends'}
      </button>
    </p>
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

/** The settings of the next run: the few that matter first, the rest under "More". */
function Fields() {
  const caution = useStudio(({ config }) => rateCaution(config.training));
  const notes = { 'training.learningRate': caution && <span className="field-caution">{caution}</span> };
  return (
    <Stack gap={20}>
      <StepsSuggestion />
      <SettingsForm of="training" lockedReason={null} notes={notes} />
      <Disclosure summary="More: warm-up, schedule, weight decay, label smoothing, weights kept, saving">
        <SettingsForm of="training" more lockedReason={null} />
      </Disclosure>
    </Stack>
  );
}

/** How long to train on the loaded text, where that is not what the field says. */
function StepsSuggestion() {
  const text = useStudio((state) => state.data.summary);
  const chosen = useStudio((state) => state.config.training.steps);
  const { configure } = useActions();
  const steps = text === null ? chosen : suggestSteps(text);
  if (steps === chosen) return null;
  return (
    <p className="soft small">
      Suggested for a text of this size: {formatCount(steps)} steps, so that a long text is read often enough and a
      short one is not overfitted.{' '}
      <Button
        variant="default"
        size="xs"
        onClick={() => configure('training', { steps, warmupSteps: warmupFor(steps) })}
      >
        Use {formatCount(steps)}
      </Button>
    </p>
  );
}
