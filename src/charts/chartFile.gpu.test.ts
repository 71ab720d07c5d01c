/** Charts as files, drawn by the page's own component: what a picture of one has to hold, and that it stands alone. */
import { afterEach, describe, expect, it } from 'vitest';
import { chartOf } from '../../test/chart.ts';
import type { Chart } from './chart.ts';
import { chartPng, chartSvg, drawPicture } from './chartFile.tsx';
import '../design/tokens.css';

const SIZE = { width: 800, height: 400 };
const whole = { low: 0, high: 4, log: false };

const draw = async (changes: Partial<Chart> = {}, steps = whole) =>
  (await drawPicture(chartOf(changes), steps, steps, SIZE)).svg;
const texts = (svg: SVGSVGElement): string[] => [...svg.querySelectorAll('text')].map((text) => text.textContent ?? '');
const coloured = (svg: SVGSVGElement, tag: string, name: 'stroke' | 'fill', colour: string): Element[] =>
  [...svg.querySelectorAll(tag)].filter((element) => element.getAttribute(name) === colour);

/** Of the light scheme in `tokens.css`. */
const [TRAIN, HELD_OUT, REFERENCE, PREDICTED] = [
  'rgb(36, 101, 143)',
  'rgb(154, 90, 0)',
  'rgb(118, 110, 97)',
  'rgb(26, 116, 85)',
];

afterEach(() => {
  delete document.documentElement.dataset['mantineColorScheme'];
  expect(document.querySelector('.recharts-wrapper')).toBeNull();
});

describe('a picture', () => {
  it('has every line, faint and bold or with dots, and names with last values at the right ends', async () => {
    const svg = await draw();
    expect(coloured(svg, 'path', 'stroke', TRAIN).map((line) => line.getAttribute('stroke-opacity'))).toEqual([
      '0.28',
      null,
    ]);
    expect(coloured(svg, 'path', 'stroke', HELD_OUT)).toHaveLength(1);
    expect(coloured(svg, 'circle', 'fill', HELD_OUT)).toHaveLength(3);
    expect(coloured(svg, 'line', 'stroke', REFERENCE)).toHaveLength(1);
    expect(texts(svg)).toEqual(expect.arrayContaining(['random 6.93', 'training 5.00', 'held out 4.90']));
  });

  it('rings the best step and marks where the run was saved', async () => {
    const svg = await draw({ saved: [0, 2, 9], best: 4 });
    expect(coloured(svg, 'line', 'stroke', PREDICTED)).toHaveLength(2);
    expect(texts(svg)).toContain('saved');
    const [ring] = [...svg.querySelectorAll('circle[r="6"]')];
    const last = coloured(svg, 'circle', 'fill', HELD_OUT).at(-1);
    expect(Number(ring?.getAttribute('cx'))).toBeCloseTo(Number(last?.getAttribute('cx')), 3);
    expect(Number(ring?.getAttribute('cy'))).toBeCloseTo(Number(last?.getAttribute('cy')), 3);
  });

  it('has notes beside their lines, and round ticks on linear and logarithmic axes', async () => {
    const notes = [{ step: 2, words: 'beats unigram' }];
    expect(texts(await draw({ notes }))).toContain('beats unigram');
    const steps = { low: 1, high: 1500, log: true };
    const ticks = texts(await draw({ lines: [], named: false }, steps)).filter((text) => Number(text) >= 8);
    expect(ticks).toEqual(['10', '20', '50', '100', '200', '500', '1000']);
  });

  it('is but axes and reference lines before the first reading', async () => {
    const svg = await draw({ lines: [{ name: 'training', kind: 'train', steps: [], values: [] }] });
    expect(svg.querySelectorAll('path')).toHaveLength(0);
    expect(texts(svg)).toContain('random 6.93');
  });
});

describe('the file', () => {
  it('stands alone, whatever a name holds: light colours and fonts are in it, style sheets and addresses are not', async () => {
    document.documentElement.dataset['mantineColorScheme'] = 'dark';
    const name = 'a <b> & "c" \u0000';
    const chart = chartOf({ lines: [{ name, kind: 'train', steps: [0, 4], values: [3, 2] }] });
    const text = await chartSvg(chart, whole, whole, SIZE, 'Run <1>');
    const file = new DOMParser().parseFromString(text, 'image/svg+xml');
    expect(file.querySelector('parsererror')).toBeNull();
    expect(file.querySelector('title')?.textContent).toBe('Run <1>: loss by step');
    expect(file.documentElement.textContent).toContain('a <b> & "c" \uFFFD');
    expect(file.querySelector(`path[stroke="${TRAIN}"]`)).not.toBeNull();
    expect(text).toContain('Inter Variable');
    expect(text).toMatch(/<text[^>]*Newsreader[^>]*>Run /);
    expect(text).not.toMatch(/var\(|<style|[^-]class=|[^-]style=|<script|href/);
    expect(text.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|url\((?!["']?#)/);
    expect((await chartPng(text, SIZE)).size).toBeGreaterThan(5_000);
  });

  it('has the paper of the light scheme behind it, and its title above the plot', async () => {
    const text = await chartSvg(chartOf(), whole, whole, SIZE, 'Run 1');
    const file = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    expect(file.getAttribute('viewBox')).toBe('0 -30 800 400');
    const [ground, heading] = [file.querySelector('rect'), file.querySelector('text')];
    expect(ground?.getAttribute('fill')).toBe('#fbf8f1');
    expect(heading?.textContent).toBe('Run 1: loss by step');
  });
});
