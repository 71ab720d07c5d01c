import { selectOutdated } from '../studio/page/selectors.ts';
import type { StepName } from '../studio/page/steps.ts';
import { useStudio } from '../studio/page/useStudio.ts';

/** What a change of this step's settings would make out of date. Draws nothing where that is nothing. */
export function ChangeNote({ step }: { readonly step: StepName }) {
  const sentence = useStudio((state) => selectOutdated(state, step));
  if (sentence === null) return null;
  return <p className="small soft">{sentence}</p>;
}
