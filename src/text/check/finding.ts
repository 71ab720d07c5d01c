/** What a check of a text finds, and what every check is made of. */

/** Repairs in the order in which they are applied: letters first, since lines are told by them; then lines; documents last. */
export const REPAIR_NAMES = [
  'mojibake',
  'codes',
  'escapes',
  'zero-width',
  'no-break-spaces',
  'ligatures',
  'letter-width',
  'accents',
  'frame',
  'pages',
  'hyphens',
  'soft-hyphens',
  'wrapped-lines',
  'special-tokens',
  'duplicates',
] as const;
export type RepairName = (typeof REPAIR_NAMES)[number];

/** A place of the text, in a few words. */
export interface Example {
  readonly before: string;
  /** The same place after the repair; null: nothing is left of it. */
  readonly after: string | null;
}

export interface Finding {
  readonly name: RepairName;
  /** How often. */
  readonly count: number;
  /** What it is, with its count, and what it does to a model. */
  readonly sentence: string;
  /** What the repair does, as a button says it. */
  readonly repair: string;
  /** What was changed by it, with the count: for the model card. */
  readonly repaired: string;
  readonly example: Example;
}

/** A repair that was made. */
export type Repair = Pick<Finding, 'name' | 'repaired'>;

/** What a check finds in one text. */
export interface Found {
  readonly count: number;
  readonly example: Example;
  /** What else the sentence names: a width, the tokens. */
  readonly what?: string;
}

/** A check that reads each text by itself. */
export interface TextCheck {
  readonly name: RepairName;
  readonly repairLabel: string;
  /** null: the text has nothing of the kind, or so little that it may be meant. */
  readonly find: (text: string) => Found | null;
  /** Changes nothing but what was found; after it nothing is found. */
  readonly repair: (text: string) => string;
  /** @param what that of each text in which something was found */
  readonly sentence: (count: number, what: readonly string[]) => string;
  readonly repaired: TextCheck['sentence'];
}

/** Characters on each side of a place that an example shows. */
const AROUND = 24;

/** The surroundings of a place within its line, from one white space to another where there is some. */
function windowOf(text: string, start: number, end: number): readonly [from: number, to: number] {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
  let from = Math.max(lineStart, start - AROUND);
  if (from > lineStart) from += /^\S{0,12}\s/u.exec(text.slice(from, start))?.[0].length ?? 0;
  let to = Math.min(lineEnd, end + AROUND);
  if (to < lineEnd) to -= /\s\S{0,12}$/u.exec(text.slice(end, to))?.[0].length ?? 0;
  return [from, to];
}

/** A place with its surroundings; `change` is applied to both. */
export function around(
  text: string,
  start: number,
  end: number,
  change: (part: string, from: number) => string = (part) => part,
): string {
  const [from, to] = windowOf(text, start, end);
  const cutLeft = from > 0 && text[from - 1] !== '\n' ? '…' : '';
  const cutRight = to < text.length && text[to] !== '\n' ? '…' : '';
  return cutLeft + change(text.slice(from, to), from) + cutRight;
}

/** The first lines of something, in a few words. */
export function shortened(text: string, length = 2 * AROUND): string {
  const line = text.trim();
  return line.length > length ? `${line.slice(0, length).trimEnd()}…` : line;
}

/** Nothing is seen of these, or they look like an ordinary space. */
const INVISIBLE = /\p{Cf}|[\u0080-\u00a0\u1680\u2000-\u200a\u202f\u205f]/gu;

/** Some characters by their codes in brackets. @example showInvisible('a\u200bb') === 'a[U+200B]b' */
export function showInvisible(text: string, characters = INVISIBLE): string {
  return text.replace(characters, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}

/**
 * What a replacement finds.
 * @param pattern global
 * @param replace a match's replacement; the match itself: it is meant, and stays
 */
export function findMatches(
  text: string,
  pattern: RegExp,
  replace: (match: string, index: number) => string,
): { count: number; example: Example } | null {
  let count = 0;
  let example: Example | null = null;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    const replacement = replace(match, index);
    if (replacement === match) continue;
    count++;
    example ??= {
      before: showInvisible(around(text, index, index + match.length)),
      after: showInvisible(
        around(text, index, index + match.length, (part, from) =>
          part.replace(pattern, (own, at: number) => replace(own, from + at)),
        ),
      ),
    };
  }
  return example && { count, example };
}
