import { Button } from '@mantine/core';
import { selectNeeded } from '../studio/page/selectors.ts';
import { STEP_TITLES, type StepName } from '../studio/page/steps.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

/** The way to the earlier step that this one waits for: "Go to Tokenizer". Draws nothing where it waits for none. */
export function NeededStep({ before }: { readonly before: StepName }) {
  const needed = useStudio((state) => selectNeeded(state, before));
  const { goTo } = useActions();
  if (needed === null) return null;
  return <Button onClick={() => goTo(needed)}>Go to {STEP_TITLES[needed]}</Button>;
}
