/** From step to step: what to press next, what has to come first, and what a change makes out of date. */
import { Button } from '@mantine/core';
import { ActionBar, type ActionBarProps } from '../design/ActionBar.tsx';
import { selectNeeded, selectOutdated, selectRefusal } from '../studio/page/selectors.ts';
import { STEP_NAMES, STEP_TITLES, type StepName } from '../studio/page/steps.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

interface NextStepProps {
  readonly after: StepName;
  readonly emphasis?: 'accent' | 'quiet';
}

/** The way to the next step: "Next: Pipeline". */
export function NextStep({ after, emphasis = 'accent' }: NextStepProps) {
  const { goTo } = useActions();
  const next = STEP_NAMES[STEP_NAMES.indexOf(after) + 1];
  if (next === undefined) return null;
  return (
    <Button variant={emphasis === 'accent' ? 'filled' : 'default'} onClick={() => goTo(next)}>
      Next: {STEP_TITLES[next]}
    </Button>
  );
}

interface StepBarProps extends Omit<ActionBarProps, 'emphasis'> {
  readonly step: StepName;
  readonly done?: boolean;
}

/** What to press in a step; the earlier step that it waits for, or once it is done the next one. */
export function StepBar({ step, done = false, children, ...bar }: StepBarProps) {
  const refusal = useStudio((state) => selectRefusal(state, step));
  const needed = useStudio((state) => selectNeeded(state, step));
  const { goTo } = useActions();
  return (
    <ActionBar disabledReason={refusal} emphasis={done ? 'quiet' : 'accent'} {...bar}>
      {children}
      {needed !== null && (
        <Button variant="filled" onClick={() => goTo(needed)}>
          Go to {STEP_TITLES[needed]}
        </Button>
      )}
      {done && <NextStep after={step} />}
    </ActionBar>
  );
}

/** What a change of this step's settings would make out of date. Draws nothing where that is nothing. */
export function ChangeNote({ step }: { readonly step: StepName }) {
  const sentence = useStudio((state) => selectOutdated(state, step));
  if (sentence === null) return null;
  return <p className="small soft">{sentence}</p>;
}
