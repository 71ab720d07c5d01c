/**
 * A run's report: one HTML file that holds everything it shows. No script, nothing from elsewhere, and whatever a name or a
 * verse holds stays text. It prints on A4 and Letter.
 */

import tokensCss from '../../design/tokens.css?raw';
import { learnsByHeartSince } from '../../steps/train/heldOutCurve.ts';
import { adviceOf } from '../../steps/train/trainAdvice.ts';
import { verdictOf } from '../../steps/train/trainVerdict.ts';
import { formatDuration, formatMoment, plural } from '../../studio/page/format.ts';
import { asHtml, type Html, html } from './html.ts';
import reportCss from './report.css?raw';
import type { Report } from './report.ts';
import { answersSection } from './reportAnswers.ts';
import { chartsSection } from './reportCharts.ts';
import { figuresSection, runsSection, settingsSection } from './reportTables.ts';

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
<title>${run.name}: report of a run</title>
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

function header({ run, madeMs }: Report): Html {
  const { summary, corpus } = run;
  const text =
    corpus === null
      ? []
      : [
          `${corpus.isSonnets ? 'Shakespeare’s sonnets' : corpus.sourceNames.join(', ') || 'a pasted text'}, ${plural(corpus.words, 'word')}`,
        ];
  const trained =
    summary === null
      ? []
      : [`${plural(summary.steps, 'step')} in ${formatDuration(summary.seconds)} on ${summary.adapter}`];
  return html`<header>
<p class="kicker">Report of a run</p>
<h1>${run.name}</h1>
<p class="lead">${[...text, ...trained, formatMoment(madeMs)].join(' · ')}</p>
</header>`;
}

function verdict({ run }: Report): Html {
  const { summary, config, log } = run;
  if (summary === null) return html`<p class="verdict">The run had not ended when this was saved.</p>`;
  const advice = adviceOf(summary, config, log).map(({ words }) => html`<li>${words}</li>`);
  const next = advice.length === 0 ? html`` : html`<section><h2>What to try next</h2><ul>${advice}</ul></section>`;
  return html`<p class="verdict">${verdictOf(summary, learnsByHeartSince(log)).join(' ')}</p>
${next}`;
}
