import { expect, test } from 'vitest';
import { testRunRecord } from '../../../test/runRecord.ts';
import { createMetricsLog } from '../../studio/page/metricsLog.ts';
import { html } from '../html.ts';
import { type Report, reportHtml } from './reportHtml.ts';

const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)> & \u0000 ‮x';

function reportOf(name: string, changes: Partial<Report> = {}): Report {
  const run = testRunRecord(name);
  const verses = [
    { parts: [`Shall ${name}`, ' day'], fills: [{ truth: ` ${name}`, guess: ' thee', probability: 0.5 }] },
  ];
  return {
    ...{ run, runs: [run], others: [], savedSteps: [0, 200], vocabSize: 1024, smoothing: 0.9 },
    ...{
      answers: [
        { step: 0, verses },
        { step: 400, verses },
      ],
      madeMs: Date.UTC(2026, 10, 24, 9),
      hash: `#train?x=${name}`,
    },
    ...changes,
  };
}

test('holds verdict, charts, figures beside their lines, answers, and every setting', async () => {
  const report = await reportHtml(reportOf('Run 2, tiny'));
  for (const words of [
    '<title>Run 2, tiny: run report</title>',
    'In 400 steps the held-out loss fell by 2.22 nats, from 6.10 to 3.88.',
    'beats unigram',
    '<th scope="row">neighbour counts</th><td>4.240</td>',
    '<td>3.880 ± 0.018</td>',
    'Word accuracy: 12.5% (top 5: 12.5%).',
    '<b>thee</b>',
    '<th scope="row">Learning rate (training.learningRate)</th><td>0.0015</td>',
    '<th scope="row">Random seed (training.seed)</th><td>7</td><td>default 1</td>',
    'More steps are the next thing to try.',
  ]) {
    expect(report).toContain(words);
  }
  expect(report.match(/<svg /g)).toHaveLength(4);
});

test('nothing that it is given becomes markup, and nothing is loaded from elsewhere', async () => {
  const plain = await reportHtml(reportOf('plain'));
  const report = await reportHtml(reportOf(HOSTILE));
  const tags = (text: string): number => (text.match(/<[a-z!/]/gi) ?? []).length;
  expect(tags(report)).toBe(tags(plain));
  expect(report).not.toMatch(/<script|<img|<iframe|<link|<object/i);
  expect(report).not.toMatch(/<[^>]*\s(src|href)=|url\((?!#)|@import|https?:(?!\/\/www\.w3\.org\/)/);
  expect(report).toContain('default-src &#39;none&#39;');
  expect(report).not.toContain('\u0000');
});

test('runs side by side only where there are several; a run that has not ended says so', async () => {
  const run = testRunRecord('Run 1');
  expect(await reportHtml(reportOf('Run 1'))).not.toContain('Compare runs');
  const other = { ...testRunRecord('Run 2'), config: { ...run.config, training: { ...run.config.training, seed: 9 } } };
  expect(await reportHtml(reportOf('Run 1', { runs: [run, other] }))).toContain('<th scope="col">Random seed</th>');
  const running = { ...run, log: createMetricsLog(), summary: null };
  expect(await reportHtml(reportOf('Run 1', { run: running, answers: [] }))).toContain('had not ended');
});

test('templates escape texts and keep what templates made', async () => {
  expect(html`<p>${'<b>'}${html`<i>${"'"}</i>`}${[html`<u>1</u>`, html`<u>${2}</u>`]}</p>`.html).toBe(
    '<p>&lt;b&gt;<i>&#39;</i><u>1</u><u>2</u></p>',
  );
});
