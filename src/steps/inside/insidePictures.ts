/** Views that look inside as SVG files: what any program draws, in the colours of the light scheme, since paper is light. */
import { type Html, html } from '../../charts/html.ts';
import type { AttentionMap } from '../../core/inside/attentionMaps.ts';
import { attentionLines } from './heat.ts';
import { rangeOf } from './mapDrawing.ts';

const PAPER = '#fbf8f1';
const INK = '#1e1b16';
const MORE = '#24658f';
const LESS = '#9a5a00';
const ROW = 26;
const TITLE = 44;
const WIDTH = 640;
const GAP = 200;
/** Around the words of a map. */
const MARGIN = 40;

function svgOf(title: string, height: number, content: readonly Html[]): string {
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Georgia, serif" fill="${INK}">
<title>${title}</title>
<rect width="100%" height="100%" fill="${PAPER}"/>
<text x="16" y="26" font-size="16">${title}</text>
${content.map((part) => html`${part}\n`)}</svg>
`;
  return svg.html;
}

/**
 * The queries on the left, the keys on the right, and between them a line for each weight, the wider the larger.
 * @param tokens as they are shown
 * @param peak the weight that is drawn full
 */
export function attentionSvg(title: string, tokens: readonly string[], map: AttentionMap, peak: number): string {
  const middle = (place: number): number => TITLE + (place + 0.5) * ROW;
  const [left, right] = [GAP, WIDTH - GAP];
  const column = (x: number, anchor: string): Html[] =>
    tokens.map((token, place) => {
      return html`<text x="${x}" y="${middle(place) + 5}" font-size="15" text-anchor="${anchor}">${token}</text>`;
    });
  const lines = attentionLines(map, tokens.length, null, peak).map(({ from, to, weight }) => {
    const [a, b] = [middle(from), middle(to)];
    const [colour, dash] = weight < 0 ? [LESS, '5 4'] : [MORE, 'none'];
    const look = html`stroke="${colour}" stroke-width="${(6 * Math.abs(weight)).toFixed(2)}" stroke-dasharray="${dash}"`;
    const opacity = Math.min(1, 0.15 + Math.abs(weight)).toFixed(2);
    return html`<path d="M${left} ${a} C${left + 80} ${a} ${right - 80} ${b} ${right} ${b}" fill="none" ${look} stroke-opacity="${opacity}"/>`;
  });
  const words = [...column(left - 10, 'end'), ...column(right + 10, 'start')];
  return svgOf(title, TITLE + ROW * tokens.length + 16, [...lines, ...words]);
}

/** Words on a map, as many as can be told apart: the most frequent first. */
const MOST_WORDS = 600;

/**
 * The map of the vocabulary: each token where its two coordinates put it, the frequent ones larger.
 * @param points x and y of each token, one after the other
 */
export function mapSvg(
  title: string,
  texts: readonly string[],
  counts: ArrayLike<number>,
  points: ArrayLike<number>,
): string {
  const order = [...texts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)).slice(0, MOST_WORDS);
  const shown = order.flatMap((at) => [points[2 * at] ?? 0, points[2 * at + 1] ?? 0]);
  const [left, right] = rangeOf(shown, 0);
  const [bottom, top] = rangeOf(shown, 1);
  const scale = (WIDTH - 2 * MARGIN) / Math.max(1e-9, right - left, top - bottom);
  const words = order.map((at, rank) => {
    const x = WIDTH / 2 + scale * ((points[2 * at] ?? 0) - (left + right) / 2);
    const y = TITLE + MARGIN + scale * (top - (points[2 * at + 1] ?? 0));
    const size = Math.max(6, 16 - 2 * Math.log2(1 + rank / 20));
    return html`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size.toFixed(1)}" text-anchor="middle">${texts[at] ?? ''}</text>`;
  });
  return svgOf(title, Math.ceil(TITLE + 2 * MARGIN + scale * (top - bottom)), words);
}
