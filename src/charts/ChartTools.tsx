import type { ChartView } from './useChartView.ts';
import { isWhole, panned, zoomed } from './zoom.ts';

const CLOSER = 0.5;

/** What the gestures do, as buttons: closer, further away, along, and back to the whole. */
export function ChartTools({ view }: { readonly view: ChartView }) {
  const { steps, whole, narrowest, show } = view;
  const all = isWhole(steps, whole);
  return (
    <fieldset className="chart-tools">
      <legend className="visually-hidden">Steps in sight</legend>
      <button type="button" onClick={() => show(zoomed(steps, whole, 0.5, CLOSER, narrowest))} aria-label="Closer">
        +
      </button>
      <button
        type="button"
        onClick={() => show(zoomed(steps, whole, 0.5, 1 / CLOSER, narrowest))}
        aria-label="Further away"
      >
        −
      </button>
      {!all && (
        <>
          <button type="button" onClick={() => show(panned(steps, whole, -0.5))} aria-label="Earlier steps">
            ←
          </button>
          <button type="button" onClick={() => show(panned(steps, whole, 0.5))} aria-label="Later steps">
            →
          </button>
          <button type="button" className="chart-tools-reset" onClick={() => show(null)}>
            All steps
          </button>
        </>
      )}
    </fieldset>
  );
}
