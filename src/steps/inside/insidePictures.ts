/** Views that look inside as SVG files: what any program draws, in the colours of the light scheme, since paper is light. */
import type { AttentionMap } from '../../core/inside/attentionMaps.ts';
import { attentionLines } from './heat.ts';

const PAPER = '#fbf8f1';
const INK = '#1e1b16';
const MORE = '#24658f';
const LESS = '#9a5a00';
const FONT = 'font-family="Georgia, serif"';
const ROW = 26;
const TITLE = 44;
const WIDTH = 640;
const GAP = 200;

/** Text as XML holds it; what it can't, such as a control character, becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .replace(/\p{Cc}|[\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function svgOf(title: string, height: number, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${PAPER}"/>`,
    `<text x="16" y="26" ${FONT} font-size="16" fill="${INK}">${escaped(title)}</text>`,
    ...content,
    '</svg>\n',
  ].join('\n');
}

/**
 * The queries on the left, the keys on the right, and between them a line for each weight, the wider the larger.
 * @param tokens as they are shown
 * @param peak the weight that is drawn full
 */
export function attentionSvg(title: string, tokens: readonly string[], map: AttentionMap, peak: number): string {
  const middle = (place: number): number => TITLE + (place + 0.5) * ROW;
  const [left, right] = [GAP, WIDTH - GAP];
  const column = (x: number, anchor: string): string[] =>
    tokens.map(
      (token, place) =>
        `<text x="${x}" y="${middle(place) + 5}" ${FONT} font-size="15" fill="${INK}" text-anchor="${anchor}">${escaped(token)}</text>`,
    );
  const lines = attentionLines(map, tokens.length, null, peak).map(({ from, to, weight }) => {
    const [a, b] = [middle(from), middle(to)];
    const bend = `C${left + 80} ${a} ${right - 80} ${b} ${right} ${b}`;
    const dash = weight < 0 ? ' stroke-dasharray="5 4"' : '';
    return `<path d="M${left} ${a} ${bend}" fill="none" stroke="${weight < 0 ? LESS : MORE}" stroke-width="${(6 * Math.abs(weight)).toFixed(2)}" stroke-opacity="${Math.min(1, 0.15 + Math.abs(weight)).toFixed(2)}"${dash}/>`;
  });
  return svgOf(title, TITLE + ROW * tokens.length + 16, [
    ...lines,
    ...column(left - 10, 'end'),
    ...column(right + 10, 'start'),
  ]);
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
  const reach = Math.max(1e-9, ...order.flatMap((at) => [points[2 * at] ?? 0, points[2 * at + 1] ?? 0].map(Math.abs)));
  const half = WIDTH / 2;
  const scale = (half - 40) / reach;
  const words = order.map((at, rank) => {
    const [x, y] = [half + scale * (points[2 * at] ?? 0), TITLE + half - scale * (points[2 * at + 1] ?? 0)];
    const size = Math.max(6, 16 - 2 * Math.log2(1 + rank / 20));
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${FONT} font-size="${size.toFixed(1)}" fill="${INK}" text-anchor="middle">${escaped(texts[at] ?? '')}</text>`;
  });
  return svgOf(title, TITLE + WIDTH, words);
}
