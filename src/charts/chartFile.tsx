/** A chart as a file: drawn by recharts off the screen, then written as SVG that any program draws. */
import { createRoot } from 'react-dom/client';
import { StudioError } from '../core/errors.ts';
import type { Chart, Size } from './chart.ts';
import { layOutChart } from './chartLayout.ts';
import { DrawnChart } from './DrawnChart.tsx';
import { html, writable } from './html.ts';
import type { Axis } from './zoom.ts';
import './charts.css';

/** What style sheets say about a shape or a text, with what SVG takes where nothing is said. */
const SHAPE = {
  ...{ fill: 'black', 'fill-opacity': '1', stroke: 'none', 'stroke-width': '1px', 'stroke-opacity': '1' },
  ...{ 'stroke-dasharray': 'none', 'stroke-linejoin': 'miter', 'stroke-linecap': 'butt' },
};
const TEXT = {
  ...{ fill: 'black', 'font-family': '', 'font-size': '', 'font-style': 'normal', 'font-weight': '400' },
  ...{ 'font-variant-numeric': 'normal', 'text-anchor': 'start' },
};
/** What only a page reads. */
const PAGE_ATTRIBUTES = ['class', 'style', 'tabindex', 'role', 'aria-label', 'data-z-index', 'cursor'];
/** recharts draws in a few frames; in a tab that nobody sees there are none. */
const PATIENCE_MS = 10_000;

/**
 * Draws a chart in the colours of the light scheme, since paper is light.
 * @returns the drawing, with every colour and font written out: it needs no style sheet; the notes that stand in it as
 *   numbers; and the ground, ink and book face of the page
 * @throws StudioError `internal` if nothing was drawn
 */
export async function drawPicture(chart: Chart, steps: Axis, whole: Axis, size: Size) {
  const layout = layOutChart(chart, steps, whole, size);
  const host = document.createElement('div');
  host.className = 'chart';
  host.dataset['mantineColorScheme'] = 'light';
  host.setAttribute('aria-hidden', 'true');
  host.inert = true;
  host.style.cssText = `position: fixed; left: -10000px; top: 0; width: ${size.width}px; height: ${size.height}px`;
  document.body.append(host);
  const root = createRoot(host);
  try {
    root.render(<DrawnChart chart={chart} layout={layout} />);
    const svg = withoutStyles(await whenDrawn(host, layout.rows.length > 0));
    const style = getComputedStyle(host);
    const page = { paper: style.getPropertyValue('--paper'), ink: style.getPropertyValue('--ink') };
    return { svg, numbered: layout.numbered, ...page, font: style.getPropertyValue('--font-book') };
  } finally {
    root.unmount();
    host.remove();
  }
}

/** The drawing, once two frames show the same. */
async function whenDrawn(host: HTMLElement, hasLines: boolean): Promise<SVGSVGElement> {
  const deadline = performance.now() + PATIENCE_MS;
  let before = '';
  while (performance.now() < deadline) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const svg = host.querySelector<SVGSVGElement>('svg.recharts-surface');
    const now = svg?.outerHTML ?? '';
    const drawn =
      svg?.querySelector('.chart-marks') != null && (!hasLines || svg.querySelector('.recharts-line') !== null);
    if (svg !== null && drawn && now === before) return svg;
    before = now;
  }
  throw new StudioError('chartNotDrawn', 'no two frames showed the same');
}

/** A copy whose shapes have their computed colours and fonts as attributes. */
function withoutStyles(drawn: SVGSVGElement): SVGSVGElement {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const originals = [drawn, ...drawn.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [index, element] of copies.entries()) {
    const original = originals[index];
    if (original === undefined) continue;
    for (const name of PAGE_ATTRIBUTES) element.removeAttribute(name);
    const isDrawn = ['path', 'line', 'circle', 'rect', 'text', 'tspan'].includes(element.localName);
    if (isDrawn && element.closest('clipPath') === null) writeLook(element, original);
  }
  for (const empty of copy.querySelectorAll('g:empty')) empty.remove();
  return copy;
}

/** Writes what differs from the usual, or from the line of text that a piece of it stands in. */
function writeLook(element: Element, original: Element): void {
  const tag = element.localName;
  const style = getComputedStyle(original);
  const parentStyle = tag === 'tspan' && original.parentElement ? getComputedStyle(original.parentElement) : null;
  for (const [name, usual] of Object.entries(tag.startsWith('t') ? TEXT : SHAPE)) {
    const value = style.getPropertyValue(name);
    if (value === (parentStyle?.getPropertyValue(name) ?? usual)) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
}

const TITLE_HEIGHT = 30;

/** The file's text. @param name stands before the chart's own title */
export async function chartSvg(chart: Chart, steps: Axis, whole: Axis, size: Size, name: string): Promise<string> {
  const inner = { width: size.width, height: size.height - TITLE_HEIGHT };
  const { svg, paper, ink, font } = await drawPicture(chart, steps, whole, inner);
  const title = `${name}: ${chart.title.toLowerCase()}`;
  svg.setAttribute('height', String(size.height));
  svg.setAttribute('viewBox', `0 ${-TITLE_HEIGHT} ${size.width} ${size.height}`);
  svg.querySelector(':scope > title')?.remove();
  const heading = html`<title>${title}</title><rect y="${-TITLE_HEIGHT}" width="100%" height="100%" fill="${paper}"/>
<text x="12" y="${20 - TITLE_HEIGHT}" fill="${ink}" font-family="${font}" font-size="17">${title}</text>`;
  svg.insertAdjacentHTML('afterbegin', heading.html);
  return `${svgText(svg)}\n`;
}

/** SVG's own text, as XML can hold it. */
export function svgText(svg: SVGSVGElement): string {
  return writable(new XMLSerializer().serializeToString(svg));
}

/** Pixels of the picture for each of the chart: sharp in print. */
const SCALE = 3;

/** The picture of an SVG. @throws StudioError `chartNoImage` if the browser draws no pictures */
export async function chartPng(svg: string, { width, height }: Size): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SCALE * width;
    canvas.height = SCALE * height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('the canvas gave no picture');
    return blob;
  } catch (thrown) {
    throw new StudioError('chartNoImage', 'no picture', {}, { cause: thrown });
  } finally {
    URL.revokeObjectURL(address);
  }
}
