/** HTML from parts: whatever is put into a template is text, unless it was made by a template itself. */
import { escapeXml } from '../charts/marks.ts';

/** Made by {@link html} or {@link asHtml}, so that nothing in it needs escaping. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

/**
 * A template of HTML.
 * @example html`<b>${'<i>'}</b>`.html // '<b>&lt;i&gt;</b>'
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return {
    html: texts.map((text, index) => text + (index < parts.length ? written(parts[index] ?? '') : '')).join(''),
  };
}

/** HTML or SVG that our own code wrote whole. */
export function asHtml(ours: string): Html {
  return { html: ours };
}

function written(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeXml(String(part));
  return 'html' in part ? part.html : part.map((each) => each.html).join('');
}
