import type { Column } from '../design/DataTable.tsx';
import type { Chart } from './chart.ts';
import { readAt } from './readings.ts';

/** Rows that a person can take in. */
const MOST_ROWS = 24;

/**
 * Charts over the same steps as a table: every line at the same few steps, the first and the last among them. Where a line
 * has a moving average, its values are those.
 */
export function chartTable(charts: readonly Chart[]): { rows: number[]; columns: Column<number>[] } {
  const [first] = charts;
  const columns = charts.flatMap(({ lines, format }) =>
    lines.map((line): Column<number> => {
      const cell = (step: number): string => {
        const [reading] = readAt({ lines: [line] }, step);
        return reading === undefined ? '–' : format(reading.average ?? reading.value);
      };
      return { head: line.average === undefined ? line.name : `${line.name}, smoothed`, cell, figures: true };
    }),
  );
  const stepColumn: Column<number> = {
    head: first?.stepName ?? '',
    cell: (step) => first?.formatStep(step),
    names: true,
  };
  return { rows: spreadSteps(first === undefined ? [] : stepsOf(first)), columns: [stepColumn, ...columns] };
}

/** The steps of the first line with dots, and of readings that stand alone; else those of the first line. */
function stepsOf({ lines }: Chart): number[] {
  const measured = lines.find(({ dots, alone }) => dots === true && !alone) ?? lines[0];
  const alone = lines.filter((line) => line.alone).flatMap(({ steps }) => Array.from(steps));
  return [...new Set([...Array.from(measured?.steps ?? []), ...alone])].sort((a, b) => a - b);
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
