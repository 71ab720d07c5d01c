import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { isWhole } from './axis.ts';
import type { Chart } from './chart.ts';
import { moveOfKey, panBy, zoomAbout } from './chartMoves.ts';
import { placeIn, useChartPointer } from './useChartPointer.ts';
import type { ChartView } from './useChartView.ts';

/** How much closer one notch of a wheel comes, by pixel. */
const WHEEL_ZOOM = 1.0015;

/** The wheel zooms with Ctrl, as a pinch on a touchpad sends it, or while the chart has the focus; else it is the page's. */
function useChartWheel(ref: RefObject<HTMLElement | null>, view: ChartView): void {
  const wheel = (event: WheelEvent): void => {
    const element = ref.current;
    const zooms = event.ctrlKey || event.metaKey || element === document.activeElement;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && zooms) {
      event.preventDefault();
      zoomAbout(view, placeIn(element, event.clientX), WHEEL_ZOOM ** event.deltaY);
    } else if (sideways && !isWhole(view.steps, view.whole)) {
      event.preventDefault();
      panBy(view, event.deltaX / (element?.clientWidth ?? 1));
    }
  };
  // React listens to wheels passively, and a passive listener can't keep the page from scrolling.
  useEffect(() => {
    const element = ref.current;
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  });
}

/**
 * Mouse, wheel, fingers and keys over a plot.
 * @returns a ref and handlers for the element over the plot, and the selection being drawn
 */
export function useChartGestures(chart: Chart, view: ChartView) {
  const ref = useRef<HTMLDivElement>(null);
  const { selection, ...pointer } = useChartPointer(ref, chart, view);
  useChartWheel(ref, view);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveOfKey(event.key, event.shiftKey, chart, view);
    if (move === null) return;
    event.preventDefault();
    move();
  };
  const handlers = {
    ...pointer,
    onKeyDown,
    onDoubleClick: () => view.show(null),
    onBlur: () => view.pointAt(null),
  };
  return { ref, handlers, selection };
}
