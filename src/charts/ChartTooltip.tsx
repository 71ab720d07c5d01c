import { Fragment } from 'react';
import type { Chart } from './chart.ts';
import { readAt, readingWords } from './readings.ts';

interface ChartTooltipProps {
  readonly chart: Chart;
  /** Whether a step is read, and which: given by recharts. */
  readonly active?: boolean;
  readonly label?: string | number | undefined;
}

/** Every line at the step that is read; announced to screen readers as one sentence. */
export function ChartTooltip({ chart, active, label }: ChartTooltipProps) {
  if (active !== true || label === undefined) return null;
  const step = Number(label);
  return (
    <>
      <p className="visually-hidden" role="status">
        {readingWords(chart, step)}
      </p>
      <div className="chart-tooltip" aria-hidden="true">
        <dl>
          <dt>{chart.stepName}</dt>
          <dd>{chart.formatStep(step)}</dd>
          {readAt(chart, step).map(({ line, step: own, value, average }) => (
            <Fragment key={line.name}>
              {average !== null && (
                <Row name={`${line.name}, smoothed`} kind={line.kind} value={chart.format(average)} />
              )}
              <Row
                name={own === step ? line.name : `${line.name}, ${chart.stepName} ${chart.formatStep(own)}`}
                kind={line.kind}
                value={chart.format(value)}
              />
            </Fragment>
          ))}
          {chart.heights.map(({ name, value }) => (
            <Row key={name} name={name} kind="reference" value={chart.format(value)} />
          ))}
        </dl>
      </div>
    </>
  );
}

function Row({ name, kind, value }: { readonly name: string; readonly kind: string; readonly value: string }) {
  return (
    <>
      <dt className={`chart-${kind}`}>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
