/** `metrics.csv` of the bundle: one row a step; a step's figures are those of the weights after that many updates. */
import { type HeldOutPoint, readersOf, type TrainPoint } from '../core/metrics.ts';

const TRAINING = readersOf('train', 'column');
const HELD_OUT = readersOf('heldOut', 'column');
const COLUMNS = ['step', ...[...TRAINING, ...HELD_OUT].map(({ name }) => name)];

/** Training and held-out points merged by step, in order of step; an empty field where a step has no such figure. */
export function metricsCsv(points: readonly TrainPoint[], heldOut: readonly HeldOutPoint[]): string {
  const rows = new Map<number, { readonly training?: TrainPoint; readonly look?: HeldOutPoint }>();
  for (const point of points) rows.set(point.step, { ...rows.get(point.step), training: point });
  for (const point of heldOut) rows.set(point.step, { ...rows.get(point.step), look: point });
  const inOrder = [...rows].sort(([a], [b]) => a - b);
  const lines = inOrder.map(([step, { training, look }]) => [
    step,
    ...TRAINING.map(({ read }) => field(training && read(training))),
    ...HELD_OUT.map(({ read }) => field(look && read(look))),
  ]);
  return `${[COLUMNS, ...lines].map((cells) => cells.join(',')).join('\n')}\n`;
}

/** A number as Python and pandas read it. */
function field(value: number | null | undefined): string {
  if (value == null) return '';
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}
