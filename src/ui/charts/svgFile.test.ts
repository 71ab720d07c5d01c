import { expect, it } from 'vitest';
import { escapeXml, marksText, textMark } from './marks.ts';
import { chartSvg } from './svgFile.ts';

const whole = { low: 0, high: 10, log: false };

it('is a file that stands alone: colours and faces are in it, variables and addresses are not', () => {
  const chart = {
    ...{ title: 'Loss over the steps', heights: [], notes: [], saved: [], best: null, stepName: 'step' },
    lines: [{ name: 'a <b> & "c"', kind: 'train' as const, steps: [0, 10], values: [3, 2] }],
    ...{ format: String, formatTick: String, formatStep: String, from: 'zero' as const, logY: false, named: true },
  };
  const svg = chartSvg(chart, whole, whole, { width: 600, height: 300 }, 'Run <1>');
  expect(svg).toContain('stroke: #24658f');
  expect(svg).not.toContain('var(');
  expect(svg).toContain('<title>Run &lt;1&gt;: loss over the steps</title>');
  expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
  expect(svg.match(/<path /g)).toHaveLength(1);
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script|href/);
});

it('writes marks as text, with a figure in a lighter weight', () => {
  expect(marksText([textMark('plot-end', 1, 2, 'held out', 'start', '4.51')])).toBe(
    '<text class="plot-end" x="1" y="2" text-anchor="start" dy="0.34em">held out <tspan class="plot-figure">4.51</tspan></text>',
  );
});

it('escapes whatever it is given', () => {
  expect(escapeXml(`<a b='c'>&"`)).toBe('&lt;a b=&#39;c&#39;&gt;&amp;&quot;');
  expect(escapeXml('a\u0000\uD800\tb')).toBe('a\uFFFD\uFFFD\tb');
});
