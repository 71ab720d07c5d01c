/** The report's charts, drawn by the same component as those of the page. */

import { keptStep, lowestStep, milestones } from '../../steps/train/heldOutCurve.ts';
import { lossChart, referenceHeights, smallCharts } from '../../steps/train/trainChartData.ts';
import { readSeries } from '../../studio/page/metricsLog.ts';
import type { Chart, Size } from '../chart.ts';
import { drawPicture, svgText } from '../chartFile.tsx';
import { chartWords } from '../readings.ts';
import type { Axis } from '../zoom.ts';
import { asHtml, type Html, html } from './html.ts';
import type { Report } from './report.ts';

const LOSS = { width: 860, height: 430 };
const SMALL = { width: 272, height: 150 };

/** The loss, and what the run did besides. */
export async function chartsSection({ run, others, savedSteps, vocabSize, smoothing }: Report): Promise<Html> {
  const { log, reference, summary } = run;
  const series = readSeries(log);
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
  const large = await svgOf(loss, whole, LOSS);
  const small: Html[] = [];
  for (const { chart, explanation } of smallCharts(series, smoothing)) {
    const svg = await svgOf(chart, whole, SMALL);
    small.push(html`<figure><figcaption><b>${chart.title}</b> ${explanation}</figcaption>${svg}</figure>`);
  }
  return html`<section>
<h2>The loss</h2>
<p class="note">In nats over the steps: every reading faint, its moving average bold (smoothing ${smoothing}), the held-out loss in dots; the ring is its lowest point.</p>
<figure class="loss">${large}</figure>
<div class="small">${small}</div>
</section>`;
}

async function svgOf(chart: Chart, whole: Axis, size: Size): Promise<Html> {
  const { svg, numbered } = await drawPicture(chart, whole, whole, size);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', chartWords(chart));
  const notes = numbered.map(
    ({ text, words, step }) => html`<li value="${text}">${words} (step ${chart.formatStep(step)})</li>`,
  );
  const list = notes.length === 0 ? html`` : html`<ol class="notes">${notes}</ol>`;
  return html`${asHtml(svgText(svg))}${list}`;
}
