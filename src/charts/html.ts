/** HTML and SVG from parts: whatever is put into a template is text, unless it was made by a template itself. */

/** Made by {@link html} or {@link asHtml}, so that nothing in it needs escaping. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

/** A template of HTML. @example html`<b>${'<i>'}</b>`.html // '<b>&lt;i&gt;</b>' */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return {
    html: texts.map((text, index) => text + (index < parts.length ? written(parts[index] ?? '') : '')).join(''),
  };
}

/** HTML or SVG that our own code wrote whole. */
export function asHtml(ours: string): Html {
  return { html: ours };
}

/** Any text as the text of an HTML file, in an element or in an attribute in quotes. */
function escapeHtml(text: string): string {
  return writable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A file takes no control characters and no halves of a surrogate pair, in whatever way they are written: U+FFFD instead. */
export function writable(text: string): string {
  return text.replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD');
}

function written(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((each) => each.html).join('');
}
