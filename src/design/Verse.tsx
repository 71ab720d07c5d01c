import './verse.css';

/** A longer line is prose, whose turns are not indented. */
const LONGEST_VERSE = 90;

/** Lines of verse, set as verse: the book face, one line a line, over-long ones indented where they turn. */
export function Verse({ lines, moreLines = 0 }: { readonly lines: readonly string[]; readonly moreLines?: number }) {
  const isProse = lines.some(({ length }) => length > LONGEST_VERSE);
  return (
    <div className="verse-block book" data-prose={isProse || undefined}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a document never change places
        <p key={index} className="verse-line" dir="auto">
          {line}
        </p>
      ))}
      {moreLines > 0 && <em className="faint">and {moreLines === 1 ? 'one more line' : `${moreLines} more lines`}</em>}
    </div>
  );
}
