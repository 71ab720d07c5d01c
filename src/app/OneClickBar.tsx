import { Button, CloseButton } from '@mantine/core';
import { secondsLeft } from '../charts/timeLeft.ts';
import { verdictOf } from '../steps/train/trainVerdict.ts';
import { formatTimeLeft } from '../studio/page/format.ts';
import type { OneClickSlice } from '../studio/page/oneClick.ts';
import { STEP_NAMES, STEP_TITLES } from '../studio/page/steps.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';
import './oneClickBar.css';

/** Where "Train with the defaults" is, while it walks through the steps, and how it ended. */
export function OneClickBar() {
  const walk = useStudio((state) => state.oneClick);
  const { cancelOneClick, dismissOneClick } = useActions();
  if (walk === null) return null;
  const walking = walk.phase === 'walking' || walk.phase === 'cancelling';
  return (
    <section className="one-click" aria-label="Training with the defaults">
      <ol className="one-click-steps" aria-hidden="true">
        {STEP_NAMES.map((step) => (
          <li
            key={step}
            data-past={isPast(walk, step) || undefined}
            data-now={(walking && step === walk.step) || undefined}
          />
        ))}
      </ol>
      {/* The time left changes all the time, so it stands outside of what is read aloud. */}
      <p className="one-click-words">
        <span role="status">
          {wordsOf(walk)}
          {walk.phase === 'finished' && <Outcome />}
        </span>
        {walking && walk.step === 'train' && <TrainingLeft />}
      </p>
      {walking ? (
        <Button variant="default" size="xs" onClick={cancelOneClick} disabled={walk.phase === 'cancelling'}>
          Cancel
        </Button>
      ) : (
        <CloseButton size="sm" aria-label="Close" onClick={dismissOneClick} />
      )}
    </section>
  );
}

function isPast(walk: OneClickSlice, step: OneClickSlice['step']): boolean {
  return walk.phase === 'finished' || STEP_NAMES.indexOf(step) < STEP_NAMES.indexOf(walk.step);
}

function wordsOf({ phase, step, doing }: OneClickSlice): string {
  const place = `Step ${STEP_NAMES.indexOf(step) + 1} of ${STEP_NAMES.length}, ${STEP_TITLES[step]}`;
  switch (phase) {
    case 'walking':
      return `${place}: ${doing}.`;
    case 'cancelling':
      return 'Cancelling.';
    case 'finished':
      return 'Trained with the defaults. Every step can be opened and changed; Export has the folder.';
    case 'cancelled':
      return `Cancelled at the step ${STEP_TITLES[step]}. What was done until then is kept.`;
    case 'failed':
      return `Stopped at the step ${STEP_TITLES[step]}, which says why.`;
  }
}

/** What came of it, which Train says at length. */
function Outcome() {
  const summary = useStudio(({ train }) => train.runs.at(-1)?.summary ?? null);
  return summary && ` ${verdictOf(summary, null).slice(0, 2).join(' ')}`;
}

/** For who looks at another step meanwhile: Train itself says it beside its progress. */
function TrainingLeft() {
  const elsewhere = useStudio((state) => state.currentStep !== 'train');
  const left = useStudio(({ train }) => {
    const log = train.runs.at(-1)?.log.train;
    return formatTimeLeft(log ? secondsLeft(log.column('step'), log.column('elapsedMs'), train.state.steps) : null);
  });
  if (!elsewhere) return null;
  return <span className="soft tabular"> {left}</span>;
}
