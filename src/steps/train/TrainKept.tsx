import { describeError } from '../../core/errorSentences.ts';
import { Notice } from '../../design/Notices.tsx';
import { formatClock, formatCount } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** Says that the run is not saved, and why. */
export function TrainKeptProblem() {
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
export function TrainKeptLine() {
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
