import { Button } from '@mantine/core';
import { STEP_NAMES, STEP_TITLES, type StepName } from '../studio/page/steps.ts';
import { useActions } from '../studio/page/useStudio.ts';

interface NextStepProps {
  /** The step that is done. */
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
