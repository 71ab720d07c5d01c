import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty, Notice } from '../../design/Notices.tsx';
import { formatCount, type Quantity, sizeQuantity } from '../../studio/page/format.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { CorpusSummary } from './dataCommands.ts';

const count = (number: number): Quantity => ({ number: formatCount(number), unit: '' });

const FIGURES: readonly (readonly [label: string, of: (summary: CorpusSummary) => Quantity])[] = [
  ['Documents', ({ documents }) => count(documents)],
  ['Lines', ({ samples }) => count(samples)],
  ['Words', ({ words }) => count(words)],
  ['Different words', ({ distinctWords }) => count(distinctWords)],
  ['Characters', ({ characters }) => count(characters)],
  ['Size', ({ sizeBytes }) => sizeQuantity(sizeBytes)],
];

/** Which text is loaded, in figures. Their place is kept while it is being read, so that nothing moves when they come. */
export function DataSummary() {
  const summary = useStudio((state) => state.data.summary);
  const busy = useStudio((state) => state.steps.data.busy);
  const { loadData } = useActions();
  if (summary === null && !busy) return <Empty>No text is loaded. Choose one below.</Empty>;
  return (
    <section
      className="section"
      aria-label={summary === null ? 'The text that is being read' : 'The loaded text'}
      aria-busy={busy}
    >
      <h2>{summary === null ? 'Reading the text' : sourceTitle(summary)}</h2>
      {summary?.isSonnets === false && (
        <p className="small">
          <button type="button" className="link-button" onClick={() => loadData({ kind: 'sonnets' })}>
            Load the sonnets again
          </button>
        </p>
      )}
      {summary?.notices.map((notice) => (
        <Notice key={notice}>{notice}</Notice>
      ))}
      <Figures label="Counts of the text" width={100}>
        {FIGURES.map(([label, quantity]) => (
          <Figure
            key={label}
            label={label === 'Documents' && summary?.isSonnets ? 'Sonnets' : label}
            {...(summary === null ? { number: '–' } : quantity(summary))}
          />
        ))}
      </Figures>
    </section>
  );
}

function sourceTitle({ sourceNames }: CorpusSummary): string {
  const [first = 'Your text', second] = sourceNames;
  if (second === undefined) return first;
  if (sourceNames.length === 2) return `${first} and ${second}`;
  return `${first} and ${sourceNames.length - 1} more files`;
}
