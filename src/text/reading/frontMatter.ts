/** The settings at the head of a Markdown file, as static sites and note programs write them: YAML, TOML or JSON. */
import type { FormatResult } from './reading.ts';

const FENCES = [
  /^---[ \t]*\n([\s\S]*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)/,
  /^\+\+\+[ \t]*\n([\s\S]*?\n)?\+\+\+[ \t]*(?:\n|$)/,
  /^;;;[ \t]*\n([\s\S]*?\n)?;;;[ \t]*(?:\n|$)/,
];
/** A key, an element of a list, a comment, or what goes on from the line before. */
const SETTING = /^(\s*#|\s*-\s|\s+\S|[\w"'. -]+\s*[:=](\s|$)|[{}[\]],?$)/;

/** Characters of a front matter at the head of the text; 0 if there is none. */
function lengthOf(text: string): number {
  for (const fence of FENCES) {
    const [whole, inner = ''] = fence.exec(text.slice(0, 1 << 16)) ?? [];
    if (whole === undefined) continue;
    const lines = inner.split('\n').filter((line) => line.trim() !== '');
    if (
      lines.length > 0 &&
      lines.every((line) => SETTING.test(line)) &&
      lines.some((line) => /^[\w"' -]+\s*[:=]/.test(line))
    )
      return whole.length;
  }
  return 0;
}

export const hasFrontMatter = (text: string): boolean => lengthOf(text.trimStart()) > 0;

/** The text behind the front matter, as it is. */
export function readBehindFrontMatter(text: string): FormatResult & { readonly text: string } {
  const whole = text.trimStart();
  const length = lengthOf(whole);
  const count = whole.slice(0, length).split('\n').length - 1;
  return {
    documents: [],
    text: whole.slice(length).replace(/^\n+/, ''),
    notes:
      length === 0
        ? []
        : [
            `It is Markdown with front matter: the ${count} lines of settings at its head are left out. Markdown’s own signs stay.`,
          ],
  };
}
