import { describeError } from '../../core/errorSentences.ts';
import { formatClock, formatCount } from '../../store/format.ts';
import { useStudio } from '../../store/useStudio.ts';
import { Notice } from '../design/Notices.tsx';

/** How the saving of the run goes: in a line, or in a notice where it does not. */
export function TrainKept() {
  const kept = useStudio((state) => state.train.kept);
  if (kept === null) return null;
  if (kept.problem !== null) {
    const { what, remedy } = describeError(kept.problem);
    return (
      <Notice>
        {what} {remedy}
        {kept.step !== null && ` Saved last: step ${formatCount(kept.step)}.`}
      </Notice>
    );
  }
  if (kept.step === null || kept.savedMs === null) return null;
  return (
    <p className="soft small tabular">
      {kept.lasting
        ? `Saved on this device at step ${formatCount(kept.step)}, ${formatClock(kept.savedMs)}.`
        : 'This browser keeps nothing once the page is closed; export the model before you leave.'}
    </p>
  );
}
