import type { Column } from '../design/DataTable.tsx';
import type { Chart } from './chart.ts';
import { nearestIndex } from './thinning.ts';

/** Rows that a person can take in. */
const MOST_ROWS = 24;

/**
 * Charts over the same steps as a table: every line at the same few steps, the first and the last among them. Where a line
 * has a moving average, its values are those.
 */
export function chartTable(charts: readonly Chart[]): { rows: number[]; columns: Column<number>[] } {
  const [first] = charts;
  const measured = first?.lines.find(({ dots }) => dots === true) ?? first?.lines[0];
  const columns = charts.flatMap(({ lines, format }) =>
    lines.map(({ name, steps, values, average }): Column<number> => {
      const cell = (step: number): string => {
        const value = (average ?? values)[nearestIndex(steps, step)];
        return value === undefined ? '–' : format(value);
      };
      return { head: average === undefined ? name : `${name}, smoothed`, cell, figures: true };
    }),
  );
  const stepColumn: Column<number> = {
    head: first?.stepName ?? '',
    cell: (step) => first?.formatStep(step),
    names: true,
  };
  return { rows: spreadSteps(measured?.steps ?? []), columns: [stepColumn, ...columns] };
}

/** At most so many of the steps, spread evenly, each once. */
function spreadSteps(steps: ArrayLike<number>): number[] {
  const last = steps.length - 1;
  const rows = Math.min(MOST_ROWS, steps.length);
  const chosen = Array.from(
    { length: rows },
    (_, row) => steps[rows === 1 ? 0 : Math.round((row * last) / (rows - 1))] ?? 0,
  );
  return [...new Set(chosen)];
}
