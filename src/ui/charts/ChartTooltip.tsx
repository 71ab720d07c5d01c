import { Fragment } from 'react';
import type { Chart } from './chart.ts';
import { readAt } from './readings.ts';

interface ChartTooltipProps {
  readonly chart: Chart;
  readonly step: number;
  /** Of the step, and the width of the chart, in pixels. */
  readonly x: number;
  readonly top: number;
  readonly width: number;
}

/** Every line at one step, on the side where there is more room. */
export function ChartTooltip({ chart, step, x, top, width }: ChartTooltipProps) {
  const place = x < width / 2 ? { left: x + 14 } : { right: width - x + 14 };
  return (
    <div className="chart-tooltip" style={{ ...place, top: top + 4 }} aria-hidden="true">
      <dl>
        <dt>{chart.stepName}</dt>
        <dd>{chart.formatStep(step)}</dd>
        {readAt(chart, step).map(({ line, step: own, value, average }) => (
          <Fragment key={line.name}>
            {average !== null && <Row name={`${line.name}, smoothed`} kind={line.kind} value={chart.format(average)} />}
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
  );
}

function Row({ name, kind, value }: { readonly name: string; readonly kind: string; readonly value: string }) {
  return (
    <>
      <dt className={`chart-name-${kind}`}>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
