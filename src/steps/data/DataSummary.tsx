import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty, Notice } from '../../design/Notices.tsx';
import { formatCount, sizeQuantity } from '../../studio/page/format.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { CorpusSummary } from './dataCommands.ts';

/** Which text is loaded, in figures. */
export function DataSummary() {
  const summary = useStudio((state) => state.data.summary);
  const busy = useStudio((state) => state.steps.data.busy);
  if (summary === null) return busy ? <Arriving /> : <Empty>No text is loaded. Choose one below.</Empty>;
  const size = sizeQuantity(summary.sizeBytes);
  return (
    <section className="data-summary" aria-label="The loaded text" aria-busy={busy}>
      <h2>{sourceTitle(summary)}</h2>
      {!summary.isSonnets && <BackToSonnets />}
      {summary.notices.map((notice) => (
        <Notice key={notice}>{notice}</Notice>
      ))}
      <Figures label="Counts of the text">
        <Figure label={summary.isSonnets ? 'Sonnets' : 'Documents'} number={formatCount(summary.documents)} />
        <Figure label="Lines" number={formatCount(summary.samples)} />
        <Figure label="Words" number={formatCount(summary.words)} />
        <Figure label="Different words" number={formatCount(summary.distinctWords)} />
        <Figure label="Characters" number={formatCount(summary.characters)} />
        <Figure label="Size" number={size.number} unit={size.unit} />
      </Figures>
    </section>
  );
}

const FIGURES = ['Documents', 'Lines', 'Words', 'Different words', 'Characters', 'Size'];

/** The place of the figures while the text is being read, so that nothing moves when they come. */
function Arriving() {
  return (
    <section className="data-summary" aria-label="The text that is being read" aria-busy>
      <h2>Reading the text</h2>
      <Figures label="Counts of the text">
        {FIGURES.map((label) => (
          <Figure key={label} label={label} number="–" />
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

function BackToSonnets() {
  const { loadData } = useActions();
  return (
    <p className="small">
      <button type="button" className="link-button" onClick={() => loadData({ kind: 'sonnets' })}>
        Load the sonnets again
      </button>
    </p>
  );
}
