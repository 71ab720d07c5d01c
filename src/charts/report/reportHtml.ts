/**
 * A run's report: one HTML file that holds everything it shows. No script, nothing from elsewhere, and whatever a name or a
 * verse holds stays text. It prints on A4 and Letter.
 */

import type { Answers, MaskedVerse } from '../../core/answers.ts';
import { DEFAULT_CONFIG, FIELD_PATHS, readField, settingOf } from '../../core/config.ts';
import { counted } from '../../core/counts.ts';
import { deviceName } from '../../core/device.ts';
import { figuresOf } from '../../core/metrics.ts';
import { shownToken } from '../../design/showSpaces.ts';
import tokensCss from '../../design/tokens.css?raw';
import { keptStep, learnsByHeartSince } from '../../steps/train/heldOutCurve.ts';
import { runColumns } from '../../steps/train/runColumns.ts';
import { adviceOf } from '../../steps/train/trainAdvice.ts';
import { lastStepOf, lossChart, type OtherRun, smallCharts } from '../../steps/train/trainChartData.ts';
import type { RunRecord } from '../../steps/train/trainState.ts';
import { verdictOf } from '../../steps/train/trainVerdict.ts';
import { formatCount, formatDuration, formatMoment, formatShare, lossWithError } from '../../studio/page/format.ts';
import { readSeries } from '../../studio/page/metricsLog.ts';
import type { Chart, Size } from '../chart.ts';
import { drawPicture, svgText } from '../chartFile.tsx';
import { asHtml, type Html, html } from '../html.ts';
import { chartWords } from '../readings.ts';
import type { Axis } from '../zoom.ts';
import reportCss from './report.css?raw';

/** What a run's report tells, as plain data. */
export interface Report {
  readonly run: RunRecord;
  /** Runs beside it, itself among them; drawn and compared where there is more than one. */
  readonly runs: readonly RunRecord[];
  readonly others: readonly OtherRun[];
  readonly answers: readonly Answers[];
  readonly savedSteps: readonly number[];
  readonly vocabSize: number;
  /** Weight of the charts' moving average. */
  readonly smoothing: number;
  /** Milliseconds since 1970. */
  readonly madeMs: number;
  /** The settings as a link's part after `#`. */
  readonly hash: string;
}

/** Nothing is loaded and no script runs, whatever the file holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The file's text. Its charts are drawn in the page, which therefore has to be there. */
export async function reportHtml(report: Report): Promise<string> {
  const { run } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${run.name}: run report</title>
<style>
${asHtml(`${tokensCss}\n${reportCss}`)}
</style>
</head>
<body>
<main>
${header(report)}
${verdict(report)}
${await chartsSection(report)}
${figuresSection(run)}
${answersSection(report)}
${runsSection(report)}
${settingsSection(report)}
<footer><p>Made with Folio, which trains a BERT in a web page. Nothing in this file is loaded from elsewhere.</p></footer>
</main>
</body>
</html>
`;
  return page.html;
}

function sourceOf({ isSonnets, sourceNames }: NonNullable<RunRecord['corpus']>): string {
  return isSonnets ? 'Shakespeare’s sonnets' : sourceNames.join(', ') || 'pasted text';
}

function header({ run, madeMs }: Report): Html {
  const { summary, corpus } = run;
  const text = corpus === null ? [] : [`${sourceOf(corpus)}, ${counted(corpus.words, 'word')}`];
  const trained =
    summary === null
      ? []
      : [
          `${counted(summary.steps, 'step')} in ${formatDuration(summary.seconds)} on ${deviceName(summary.backend, summary.adapter)}`,
        ];
  return html`<header>
<p class="kicker">Run report</p>
<h1>${run.name}</h1>
<p class="lead">${[...text, ...trained, formatMoment(madeMs)].join(' · ')}</p>
</header>`;
}

function verdict({ run }: Report): Html {
  const { summary, config, log } = run;
  if (summary === null) return html`<p class="verdict">The run had not ended when this report was saved.</p>`;
  const advice = adviceOf(summary, config, log).map(({ words }) => html`<li>${words}</li>`);
  const next = advice.length === 0 ? html`` : html`<section><h2>What to try next</h2><ul>${advice}</ul></section>`;
  return html`<p class="verdict">${verdictOf(summary, learnsByHeartSince(log)).join(' ')}</p>
${next}`;
}

const LOSS = { width: 860, height: 430 };
const SMALL = { width: 272, height: 150 };

/** The loss, and what the run did besides, drawn by the same component as on the page. */
async function chartsSection({ run, others, savedSteps, vocabSize, smoothing }: Report): Promise<Html> {
  const { log, reference } = run;
  const series = readSeries(log);
  const parts = { log, series, vocabSize, reference, others, savedSteps, smoothing };
  const loss = lossChart({ ...parts, keptStep: keptStep(run), logY: false });
  const whole = { low: 0, high: lastStepOf(run, others), log: false };
  const large = await svgOf(loss, whole, LOSS);
  const small: Html[] = [];
  for (const { chart, explanation } of smallCharts(series, smoothing, reference?.words ?? null)) {
    const svg = await svgOf(chart, whole, SMALL);
    small.push(html`<figure><figcaption><b>${chart.title}</b> ${explanation}</figcaption>${svg}</figure>`);
  }
  return html`<section>
<h2>The loss</h2>
<p class="note">Loss in nats by step: training loss (faint) with its moving average (bold, smoothing ${smoothing}); held-out loss (dots), with its lowest point circled.</p>
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

/** A table whose rows are named by their first cells. */
function table(heading: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  return html`<table>
<thead><tr>${heading.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([first = '', ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table>`;
}

function figuresSection({ summary }: RunRecord): Html {
  const heldOut = summary?.heldOut ?? null;
  if (summary === null || heldOut === null) return html``;
  const { loss, documentError, bitsPerByte, top1, top5 } = heldOut;
  const line = (name: string, nats: number, ...shares: number[]): string[] => {
    const [first = '', five = ''] = shares.map((share) => formatShare(share));
    return [name, nats.toFixed(3), ((bitsPerByte / loss) * nats).toFixed(3), first, five];
  };
  const lines = summary.reference;
  const references =
    lines === null
      ? []
      : [
          line('random guess', lines.random),
          line('token frequencies (unigram)', lines.unigram),
          line('neighbour counts', lines.neighbours, lines.neighbourTop1, lines.neighbourTop5),
        ];
  const further = figuresOf(heldOut)
    .filter(({ key }) => key !== 'bitsPerByte' && key !== 'top1')
    .map(({ label, number, note }) => ` ${label}: ${number} (${note}).`);
  return html`<section>
<h2>Held-out figures</h2>
${table(
  ['on the same masks', 'nats per token', 'bits per byte', 'masked accuracy', 'top-5 accuracy'],
  [...references, ['this model', lossWithError(heldOut), bitsPerByte.toFixed(3), formatShare(top1), formatShare(top5)]],
)}
<p class="note">${counted(heldOut.tokens, 'masked token')} of documents that training never saw. ± is the standard error over the masked tokens; the standard error over documents is ${Number.isNaN(documentError) ? 'unknown' : documentError.toFixed(3)}.${further.join('')}</p>
</section>`;
}

/** The lines as the model filled them in from step 0 to the end; nothing where it was not asked. */
function answersSection({ answers, run }: Report): Html {
  const now = answers.at(-1);
  if (now === undefined || now.verses.length === 0) return html``;
  const source = run.config.data.heldOutShare === 0 ? 'Lines of the training text' : 'Held-out lines';
  const blocks = now.verses.map((verse, index) => {
    const heading = ['masked word', ...answers.map(({ step }) => `step ${formatCount(step)}`)];
    const rows = verse.fills.map(({ truth }, gap) => [
      truth.trim(),
      ...answers.map(({ verses }) => answer(verses[index]?.fills[gap])),
    ]);
    return html`<p class="verse">${filled(verse)}</p>
${table(heading, rows)}`;
  });
  return html`<section>
<h2>Predictions</h2>
<p class="note">${source}, with masked words filled in by the model: the top prediction and its probability.</p>
${blocks}
</section>`;
}

function filled({ parts, fills }: MaskedVerse): Html[] {
  return parts.map((part, index) => {
    const fill = fills[index];
    return fill === undefined
      ? html`${part}`
      : html`${part}${/^\s/u.test(fill.guess) ? ' ' : ''}<b>${fill.guess.trim()}</b>`;
  });
}

function answer(fill: MaskedVerse['fills'][number] | undefined): Html {
  if (fill === undefined) return html``;
  const words = html`${shownToken(fill.guess)} <small>${formatShare(fill.probability, 0)}</small>`;
  return fill.guess.trim() === fill.truth.trim() ? html`<mark>${words}</mark>` : words;
}

/** What differs between the runs, and what came of it; nothing where there is one run. */
function runsSection({ runs }: Report): Html {
  if (runs.length < 2) return html``;
  const columns = runColumns(runs);
  const rows = runs.map((run) => [run.name, ...columns.map(({ cell }) => cell(run))]);
  return html`<section>
<h2>Compare runs</h2>
${table(['Run', ...columns.map(({ head }) => head)], rows)}
</section>`;
}

function settingsSection({ run, hash }: Report): Html {
  const { corpus, summary } = run;
  const rows = FIELD_PATHS.map((path) => {
    const setting = settingOf(path);
    const shown = (value: string | number): string =>
      (setting.kind === 'choice' ? setting.options[value]?.[0] : null) ?? String(value);
    const [value, usual] = [shown(readField(run.config, path)), shown(readField(DEFAULT_CONFIG, path))];
    return [`${settingOf(path).term} (${path})`, value, value === usual ? '' : `default ${usual}`];
  });
  const facts: string[][] = [];
  if (corpus !== null) {
    const size = `${counted(corpus.words, 'word')}, ${counted(corpus.documents, 'document')}, ${formatCount(corpus.heldOutDocuments)} held out`;
    facts.push(['Text', sourceOf(corpus), size]);
  }
  if (summary !== null) {
    facts.push(['Parameters', formatCount(summary.parameters), counted(summary.vocabSize, 'token')]);
    facts.push(['Device', deviceName(summary.backend, summary.adapter), '']);
  }
  return html`<section class="settings">
<h2>Settings</h2>
${table(['setting', 'value', ''], [...facts, ...rows])}
<p class="note">To restore them, append this to Folio’s address: <code>${hash}</code></p>
</section>`;
}
