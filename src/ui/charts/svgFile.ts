/** A chart as a file: SVG that any program draws, with the colours of the light scheme, since paper is light. */
import tokensCss from '../design/tokens.css?raw';
import type { Axis } from './axis.ts';
import type { Chart, Size } from './chart.ts';
import { drawChart } from './drawChart.ts';
import { escapeXml, marksText } from './marks.ts';
import plotCss from './plot.css?raw';

/** The variables of the light scheme by name, from the first two blocks of `tokens.css`. */
function lightVariables(): Map<string, string> {
  const [light = ''] = tokensCss.split('[data-mantine-color-scheme="dark"]');
  return new Map([...light.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]));
}

/** Style rules with the values of their variables: many programs that draw SVG know no variables. */
function withoutVariables(css: string): string {
  const variables = lightVariables();
  const resolve = (text: string): string =>
    text.replace(/var\((--[\w-]+)\)/g, (_, name: string) => resolve(variables.get(name) ?? 'currentcolor'));
  return resolve(css.replace(/\/\*[\s\S]*?\*\//g, '')).trim();
}

/** Room above the plot for the title. */
const TITLE_HEIGHT = 30;

/**
 * The file's text.
 * @param steps the stretch in sight
 * @param name stands before the chart's own title
 */
export function chartSvg(chart: Chart, steps: Axis, whole: Axis, size: Size, name: string): string {
  const { marks } = drawChart(chart, steps, whole, { width: size.width, height: size.height - TITLE_HEIGHT });
  const title = `${name}: ${chart.title.toLowerCase()}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${withoutVariables(plotCss)}</style>`,
    `<rect width="100%" height="100%" fill="${lightVariables().get('--paper') ?? 'white'}"/>`,
    '<g class="plot">',
    `<text class="plot-end" x="12" y="20">${escapeXml(title)}</text>`,
    `<g transform="translate(0 ${TITLE_HEIGHT})">`,
    marksText(marks),
    '</g>',
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
