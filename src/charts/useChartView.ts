import { startTransition, useCallback, useId, useMemo, useState } from 'react';
import type { Axis, Stretch } from './zoom.ts';

/** What charts that show the same steps share: the stretch in sight, and a name by which recharts lets them read one step. */
export interface ChartView {
  readonly syncId: string;
  readonly whole: Axis;
  readonly steps: Axis;
  /** No closer than this, and a drag over less was not meant. */
  readonly narrowest: number;
  /** Shows a stretch; null: all of it. */
  readonly show: (stretch: Stretch | null) => void;
}

/** Steps that are always in sight, in a run that is long enough. */
const FEWEST_STEPS = 4;

/**
 * The shared view of some charts.
 * @param lastStep the axis shows all steps up to here from the start
 * @param firstLog where a logarithmic axis starts
 */
export function useChartView(lastStep: number, log: boolean, firstLog = 1): ChartView {
  const syncId = useId();
  const [stretch, setStretch] = useState<Stretch | null>(null);
  const whole = useMemo(
    () => ({ low: log ? firstLog : 0, high: Math.max(lastStep, log ? 2 * firstLog : 1), log }),
    [lastStep, log, firstLog],
  );
  const steps = useMemo(() => {
    if (stretch === null) return whole;
    const low = Math.max(whole.low, stretch.low);
    return stretch.high > low ? { low, high: Math.min(stretch.high, whole.high), log } : whole;
  }, [stretch, whole, log]);
  const narrowest = Math.min(FEWEST_STEPS, (whole.high - whole.low) / 100);
  const show = useCallback(
    (next: Stretch | null) => {
      const isAll = next !== null && next.low === whole.low && next.high === whole.high;
      // A transition is drawn in slices; at once, all that a zoom draws would be one task of 75 ms and more.
      startTransition(() => setStretch(isAll ? null : next));
    },
    [whole],
  );
  return useMemo(() => ({ syncId, whole, steps, narrowest, show }), [syncId, whole, steps, narrowest, show]);
}
