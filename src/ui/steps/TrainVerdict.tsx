import { formatCount } from '../../store/format.ts';
import type { RunSummary } from '../../store/types.ts';

/** What came of the run, in a sentence: only what its own figures say. */
export function TrainVerdict({ summary }: { readonly summary: RunSummary }) {
  const { heldOutLoss, firstHeldOutLoss, heldOutStandardError, steps, trainLoss } = summary;
  if (heldOutLoss === null || firstHeldOutLoss === null) {
    return (
      <p className="verdict">
        After {formatCount(steps)} steps the training loss is {trainLoss.toFixed(2)}. Nothing was held out, so nothing
        says how it does on text that it has not read.
      </p>
    );
  }
  const fall = firstHeldOutLoss - heldOutLoss;
  // Twice the standard error: less could be the choice of hidden words.
  const clear = Math.abs(fall) > 2 * (heldOutStandardError ?? 0);
  // The difference of the figures as they are shown, so that who subtracts finds the same.
  const shownFall = Math.abs(Number(firstHeldOutLoss.toFixed(2)) - Number(heldOutLoss.toFixed(2))).toFixed(2);
  return (
    <p className="verdict">
      {clear
        ? `In ${formatCount(steps)} steps the held-out loss ${fall > 0 ? 'fell' : 'rose'} by ${shownFall} nats, from ${firstHeldOutLoss.toFixed(2)} to ${heldOutLoss.toFixed(2)}.`
        : `After ${formatCount(steps)} steps the held-out loss is where it was, ${heldOutLoss.toFixed(2)}.`}{' '}
      {heldOutLoss - trainLoss > 1 &&
        'It is far above the training loss: the model has begun to learn the text by heart.'}
    </p>
  );
}
