/** Figures of a run that stand both beside the run and beside what is exported of it. */
import { type HeldOutPoint, METRICS } from '../../core/metrics.ts';
import { Figure } from '../../design/Figure.tsx';
import { formatCount, formatShare } from '../../studio/page/format.ts';

interface HeldOutProps {
  /** null: not measured. */
  readonly heldOut: HeldOutPoint | null;
}

export function HeldOutLoss({ heldOut, note }: HeldOutProps & { readonly note?: string | undefined }) {
  return (
    <Figure
      label={METRICS.heldOut.loss.name}
      number={heldOut === null ? '–' : heldOut.loss.toFixed(2)}
      {...(heldOut !== null && { unit: `± ${heldOut.standardError.toFixed(2)}` })}
      note={note}
    />
  );
}

export function MaskedAccuracy({ heldOut }: HeldOutProps) {
  return (
    <Figure
      label={METRICS.heldOut.top1.name}
      number={heldOut === null ? '–' : formatShare(heldOut.top1)}
      note={heldOut === null ? 'held out' : `held out; top 5: ${formatShare(heldOut.top5)}`}
    />
  );
}

/** @param tokensPerSecond null: not measured yet */
export function Speed({ tokensPerSecond, note }: { readonly tokensPerSecond: number | null; readonly note: string }) {
  return (
    <Figure
      label={METRICS.train.tokensPerSecond.name}
      number={tokensPerSecond === null ? '–' : formatCount(Number(tokensPerSecond.toPrecision(3)))}
      note={note}
    />
  );
}
