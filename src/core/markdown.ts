/** Markdown from plain values: whatever a name holds, it stays text. */

const LONGEST_NAME = 120;
/** White space, control characters, line separators, and the marks that turn the direction of what follows. */
const INVISIBLE = /[\s\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu;

/**
 * Text as Markdown that shows it literally, on one line: no markup, no HTML, no table border, no formula.
 * @example escapeMarkdown('a|b <i>') === 'a\\|b \\<i\\>'
 */
export function escapeMarkdown(text: string): string {
  const oneLine = text
    .replace(INVISIBLE, ' ')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .trim();
  const characters = [...oneLine];
  const short = characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : oneLine;
  // Bare addresses would become links: the colon as an entity prevents that.
  return short.replace(/[\\`*_{}[\]<>|~#$&!]/g, '\\$&').replace(/:(?=\/\/)/g, '&#58;');
}

/** A table with a heading row. Cells are Markdown. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}
