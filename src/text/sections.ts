/** Cuts a text that is one long line into sections: at the ends of sentences, or else at spaces, or else anywhere. */

/** The end of a sentence with what closes it, and the space behind it; scripts without spaces have none. */
const SENTENCE_END = /[.!?…][\p{Pe}\p{Pf}"'”’»]*\s+|[。！？｡．！？।॥۔؟።។။][\p{Pe}\p{Pf}"'”’»]*\s*/gu;
/** What ends with a point within a sentence: “Mr.”, “e.g.”, initials. */
const ABBREVIATION = /(?:^|[\s(])(?:\p{Lu}|Mrs?|Dr|St|Nr|No|vol|pp?|cf|z\.B|e\.g|i\.e)\.\s+$/u;

/**
 * Where sections end that are about as long as asked for, at most twice as long.
 * @param length in UTF-16 units, above 0
 * @returns ascending positions; the last is the end of the text
 */
export function sectionEnds(text: string, length: number): number[] {
  const ends: number[] = [];
  let start = 0;
  while (text.length - start > 1.5 * length) {
    const part = text.slice(start + Math.ceil(length / 2), start + 2 * length);
    const end = start + Math.ceil(length / 2) + bestEnd(part, length / 2);
    ends.push(end);
    start = end;
  }
  ends.push(text.length);
  return ends;
}

/** The end of a sentence that is nearest to a place; else a space; else the place itself, between two whole characters. */
function bestEnd(part: string, place: number): number {
  const nearest = (ends: readonly number[]): number | undefined =>
    ends.toSorted((a, b) => Math.abs(a - place) - Math.abs(b - place))[0];
  const endsOf = (pattern: RegExp): number[] =>
    Array.from(part.matchAll(pattern), ({ 0: match, index }) => index + match.length).filter(
      (end) => end < part.length && !ABBREVIATION.test(part.slice(Math.max(0, end - 8), end)),
    );
  const cut = nearest(endsOf(SENTENCE_END)) ?? nearest(endsOf(/\s+/gu));
  if (cut !== undefined) return cut;
  let end = Math.ceil(place);
  // Neither half a surrogate pair nor a mark without its letter begins a section.
  while (end < part.length - 1 && /^(?:[\udc00-\udfff]|\p{M})/u.test(part.slice(end, end + 2))) end++;
  return Math.max(1, end);
}
