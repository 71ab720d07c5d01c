/** The verses of a report, as the model filled them in from step 0 to the end. */
import type { MaskedVerse } from '../../core/answers.ts';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { type Html, html } from './html.ts';
import type { Report } from './report.ts';

/** What the model really answered; nothing where it was not asked. */
export function answersSection({ answers, run }: Report): Html {
  const now = answers.at(-1);
  if (now === undefined || now.verses.length === 0) return html``;
  const source = run.config.data.heldOutShare === 0 ? 'Verses of the training text' : 'Verses that training never saw';
  const blocks = now.verses.map(
    (verse, index) => html`<p class="verse">${filled(verse)}</p>
<table>
<thead><tr><th scope="col">hidden word</th>${answers.map(({ step }) => html`<th scope="col">step ${formatCount(step)}</th>`)}</tr></thead>
<tbody>${verse.fills.map(
      ({ truth }, gap) =>
        html`<tr><th scope="row">${truth.trim()}</th>${answers.map(({ verses }) => html`<td>${answer(verses[index]?.fills[gap])}</td>`)}</tr>`,
    )}</tbody>
</table>`,
  );
  return html`<section>
<h2>What it answers</h2>
<p class="note">${source}, with hidden words filled in as the model would; the likeliest token, and how sure it was.</p>
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
  const words = html`${fill.guess.trim() || '␣'} <small>${formatShare(fill.probability, 0)}</small>`;
  return fill.guess.trim() === fill.truth.trim() ? html`<mark>${words}</mark>` : words;
}
