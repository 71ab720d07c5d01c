/** The shapes of a drawing, as data: React draws them on the page, and a writer of text into files. */

export interface Mark {
  readonly tag: 'path' | 'line' | 'circle' | 'text' | 'rect';
  /** Its look, in `plot.css`. */
  readonly look: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Of a text: its words, and a figure after them in a lighter weight. */
  readonly words?: string;
  readonly figure?: string;
}

/** A straight line. */
export function lineMark(look: string, x1: number, y1: number, x2: number, y2: number): Mark {
  return { tag: 'line', look, attributes: { x1, y1, x2, y2 } };
}

/** Words, set about a height. @param anchor which end of the words lies at x */
export function textMark(
  look: string,
  x: number,
  y: number,
  words: string,
  anchor: 'start' | 'middle' | 'end',
  figure?: string,
): Mark {
  const attributes = { x, y, 'text-anchor': anchor, dy: '0.34em' };
  return { tag: 'text', look, attributes, words, ...(figure !== undefined && { figure }) };
}

/** The marks as SVG's own text. */
export function marksText(marks: readonly Mark[]): string {
  return marks.map(markText).join('\n');
}

function markText({ tag, look, attributes, words, figure }: Mark): string {
  const pairs = Object.entries({ class: look, ...attributes }).map(
    ([name, value]) => `${name}="${escapeXml(String(value))}"`,
  );
  const open = `<${tag} ${pairs.join(' ')}`;
  if (words === undefined) return `${open}/>`;
  const lighter = figure === undefined ? '' : ` <tspan class="plot-figure">${escapeXml(figure)}</tspan>`;
  return `${open}>${escapeXml(words)}${lighter}</text>`;
}

/** Any text as the text of an XML or HTML file, in an element or in an attribute in quotes. */
export function escapeXml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // XML takes no control characters and no halves of a surrogate pair, in whatever way they are written.
      .replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
  );
}
