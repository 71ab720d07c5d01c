import { formatCount } from '../../store/format.ts';
import type { ReferenceHeight } from './LossChart.tsx';
import { type LossSeries, readingAt } from './lossRows.ts';

interface LossTooltipProps {
  readonly series: LossSeries;
  readonly smoothing: number;
  readonly step: number;
  readonly references: readonly ReferenceHeight[];
}

/** Every series at one step. */
export function LossTooltip({ series, smoothing, step, references }: LossTooltipProps) {
  const { raw, smooth, heldOut } = readingAt(series, smoothing, step);
  const heldOutName =
    heldOut === null || heldOut.step === step ? 'held out' : `held out, step ${formatCount(heldOut.step)}`;
  return (
    <dl className="chart-tooltip">
      <dt>step</dt>
      <dd>{formatCount(step)}</dd>
      <Row name="training, smoothed" kind="train" value={smooth} />
      <Row name="training" kind="train" value={raw} />
      <Row name={heldOutName} kind="heldOut" value={heldOut?.loss ?? null} />
      {references.map(({ name, loss }) => (
        <Row key={name} name={name} kind="reference" value={loss} />
      ))}
    </dl>
  );
}

function Row({ name, kind, value }: { readonly name: string; readonly kind: string; readonly value: number | null }) {
  if (value === null) return null;
  return (
    <>
      <dt className={`chart-end-${kind}`}>{name}</dt>
      <dd>{value.toFixed(3)}</dd>
    </>
  );
}
