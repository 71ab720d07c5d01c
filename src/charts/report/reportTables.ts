/** The tables of a report: figures beside what they are read against, runs side by side, every setting. */

import { DEFAULT_CONFIG, FIELD_PATHS, readField, settingOf } from '../../core/config.ts';
import { formatMetric, METRICS, metricsOf } from '../../core/metrics.ts';
import type { RunRecord } from '../../steps/train/trainState.ts';
import { differingFields } from '../../studio/page/compareRuns.ts';
import { formatCount, formatDuration, formatShare, lossWithError } from '../../studio/page/format.ts';
import { type Html, html } from './html.ts';
import type { Report } from './report.ts';

function table(heading: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<table>
<thead><tr>${heading.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([first = '', ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table>`;
}

/** The last look at the held-out text, beside the lines that it is read against. */
export function figuresSection({ summary }: RunRecord): Html {
  const heldOut = summary?.heldOut ?? null;
  if (summary === null || heldOut === null) return html``;
  const { loss, documentError, bitsPerByte, top1, top5 } = heldOut;
  const perByte = (nats: number): string => ((bitsPerByte / loss) * nats).toFixed(3);
  const lines = summary.reference;
  const references =
    lines === null
      ? []
      : [
          ['a random guess', lines.random.toFixed(3), perByte(lines.random), '', ''],
          ['word frequencies', lines.unigram.toFixed(3), perByte(lines.unigram), '', ''],
          [
            'a table of neighbours',
            lines.neighbours.toFixed(3),
            perByte(lines.neighbours),
            formatShare(lines.neighbourTop1),
            formatShare(lines.neighbourTop5),
          ],
        ];
  const further = metricsOf('heldOut').flatMap(([key, metric]) =>
    metric.figure === undefined || heldOut[key] === null || key === 'bitsPerByte' || key === 'top1'
      ? []
      : [` ${metric.figure[0]}: ${formatMetric(metric, heldOut[key])} (${metric.figure[1]}).`],
  );
  return html`<section>
<h2>Held-out figures</h2>
${table(
  ['on the same hidden words', 'nats a token', 'bits a byte', 'first guess', 'among five'],
  [...references, ['this model', lossWithError(heldOut), bitsPerByte.toFixed(3), formatShare(top1), formatShare(top5)]],
)}
<p class="note">${formatCount(heldOut.tokens)} hidden tokens of documents that training never saw. ± is the standard error over the tokens; other documents would move the loss by ${Number.isNaN(documentError) ? 'an unknown amount' : documentError.toFixed(3)}.${further.join('')}</p>
</section>`;
}

/** What differs between the runs, and what came of it; nothing where there is one run. */
export function runsSection({ runs }: Report): Html {
  if (runs.length < 2) return html``;
  const fields = differingFields(runs.map(({ config }) => config));
  const rows = runs.map(({ name, config, summary }) => [
    name,
    ...fields.map((path) => String(readField(config, path))),
    summary?.heldOut == null ? '–' : lossWithError(summary.heldOut),
    summary === null ? '–' : formatCount(summary.steps),
    summary === null ? '–' : formatDuration(summary.seconds),
  ]);
  return html`<section>
<h2>Runs side by side</h2>
${table(['run', ...fields.map((path) => settingOf(path).term), METRICS.heldOut.loss.name.toLowerCase(), 'steps', 'time'], rows)}
</section>`;
}

/** Every setting of the run, and the link that brings them all back. */
export function settingsSection({ run, hash }: Report): Html {
  const { corpus, summary } = run;
  const rows = FIELD_PATHS.map((path) => {
    const [value, usual] = [String(readField(run.config, path)), String(readField(DEFAULT_CONFIG, path))];
    return [`${settingOf(path).term} (${path})`, value, value === usual ? '' : `default ${usual}`];
  });
  const facts = [
    ...(corpus === null
      ? []
      : [
          [
            'Text',
            corpus.isSonnets ? 'Shakespeare’s sonnets' : corpus.sourceNames.join(', ') || 'pasted',
            `${formatCount(corpus.words)} words, ${formatCount(corpus.documents)} documents, ${formatCount(corpus.heldOutDocuments)} held out`,
          ],
        ]),
    ...(summary === null
      ? []
      : [
          ['Parameters', formatCount(summary.parameters), `${formatCount(summary.vocabSize)} tokens`],
          ['Device', summary.backend, summary.adapter],
        ]),
  ];
  return html`<section class="settings">
<h2>Settings</h2>
${table(['setting', 'value', ''], [...facts, ...rows])}
<p class="note">To have them all again, put this after Folio’s address: <code>${hash}</code></p>
</section>`;
}
