/** The report's charts, drawn by the same code as those of the page. */
import type { Axis } from '../charts/axis.ts';
import type { Chart, Size } from '../charts/chart.ts';
import { drawChart } from '../charts/drawChart.ts';
import { marksText } from '../charts/marks.ts';
import { chartWords } from '../charts/readings.ts';
import { keptStep, lowestStep, milestones } from '../steps/heldOutCurve.ts';
import { lossChart, referenceHeights, smallCharts } from '../steps/trainChartData.ts';
import { readSeries } from '../steps/trainSeries.ts';
import { asHtml, type Html, html } from './html.ts';
import type { Report } from './report.ts';

const LOSS = { width: 860, height: 430 };
const SMALL = { width: 272, height: 150 };

/** The loss, and what the run did besides. */
export function chartsSection({ run, others, savedSteps, vocabSize, smoothing }: Report): Html {
  const { log, reference, summary } = run;
  const series = readSeries(log, 0);
  const loss = lossChart({
    series,
    smoothing,
    references: referenceHeights(vocabSize, reference),
    others,
    notes: milestones(log, reference, keptStep(run)),
    saved: savedSteps,
    best: lowestStep(log),
    logY: false,
  });
  const last = Math.max(
    1,
    summary?.steps ?? run.config.training.steps,
    ...others.map(({ steps }) => steps[steps.length - 1] ?? 0),
  );
  const whole = { low: 0, high: last, log: false };
  const small = smallCharts(series, smoothing).map(
    ({ chart, explanation }) =>
      html`<figure><figcaption><b>${chart.title}</b> ${explanation}</figcaption>${svgOf(chart, whole, SMALL)}</figure>`,
  );
  return html`<section>
<h2>The loss</h2>
<p class="note">In nats over the steps: every reading faint, its moving average bold (smoothing ${smoothing}), the held-out loss in dots; the ring is its lowest point.</p>
<figure class="loss">${svgOf(loss, whole, LOSS)}</figure>
<div class="small">${small}</div>
</section>`;
}

function svgOf(chart: Chart, whole: Axis, size: Size): Html {
  const { marks, numbered } = drawChart(chart, whole, whole, size);
  const notes = numbered.map(
    ({ text, words, step }) => html`<li value="${text}">${words} (step ${chart.formatStep(step)})</li>`,
  );
  const list = notes.length === 0 ? html`` : html`<ol class="notes">${notes}</ol>`;
  return html`<svg class="plot" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${chartWords(chart)}">
${asHtml(marksText(marks))}
</svg>${list}`;
}
