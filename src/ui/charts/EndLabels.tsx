import { usePlotArea, useYAxisScale } from 'recharts';
import { spreadLabels } from './spreadLabels.ts';

export interface LineEnd {
  readonly name: string;
  readonly loss: number;
  /** Names the colour. */
  readonly kind: string;
}

const LINE_HEIGHT = 15;

/** Names of lines in the margin at their right ends, in place of a legend; moved apart where they would overlap. */
export function EndLabels({ ends }: { readonly ends: readonly LineEnd[] }) {
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (area === undefined || scale === undefined) return null;
  const heights = ends.map(({ loss }) => scale(loss) ?? area.y);
  const placed = spreadLabels(heights, LINE_HEIGHT, area.y, area.y + area.height);
  return (
    <g className="chart-ends">
      {ends.map(({ name, loss, kind }, index) => (
        <text
          key={name}
          className={`chart-end chart-end-${kind}`}
          x={area.x + area.width + 8}
          y={placed[index]}
          dy="0.34em"
        >
          {name} <tspan className="chart-end-value">{loss.toFixed(2)}</tspan>
        </text>
      ))}
    </g>
  );
}
