import { Button, Group, Stack } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { counted } from '../../core/counts.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { FileDrop } from '../../design/FileDrop.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Pager } from '../../design/Pager.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { saveBlob } from '../../design/saveBlob.ts';
import { textDirection } from '../../design/textDirection.ts';
import { type ScoredItem, scoredCsv } from '../../files/scoreItems.ts';
import { formatCount, formatProbability, formatShare, significant } from '../../studio/page/format.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { TestSlice } from './testState.ts';

type Result = NonNullable<NonNullable<TestSlice['score']>['result']>;

/** Cloze tests and minimal pairs of a file: how many the model gets right. */
export function ScoreView() {
  const score = useStudio((state) => state.test.score);
  const { scoreFile, cancelScoring } = useActions();
  const scoring = score !== null && score.result === null && score.error === null;
  return (
    <Stack gap={24}>
      <FileDrop
        name="File of items"
        title="Drop a file of cloze tests or minimal pairs here"
        hint="or click to choose it: CSV, TSV or JSON Lines"
        onFiles={([file]) => file && void scoreFile({ name: file.name, blob: file })}
        disabled={scoring}
      />
      <p className="small soft">
        Columns or fields: <code>text</code>, a sentence with one <code>&lt;mask&gt;</code>, and <code>word</code>, what
        belongs there; or <code>good</code> and <code>bad</code>, two sentences of which the first should be likelier.
      </p>
      {scoring && (
        <ProgressLine
          label={`Scoring ${score.name}`}
          done={score.progress && score.progress.done / score.progress.total}
          {...(score.progress !== null && {
            detail: `${formatCount(score.progress.done)} of ${counted(score.progress.total, 'item')}`,
          })}
          onCancel={cancelScoring}
        />
      )}
      {score !== null && score.error !== null && (
        <section aria-label={`${score.name} was refused`}>
          <p className="small soft">{score.name}</p>
          <ErrorNotice error={score.error} />
        </section>
      )}
      {score !== null && score.result !== null && <Scored name={score.name} result={score.result} key={score.name} />}
    </Stack>
  );
}

const PAGE = 50;

function Scored({ name, result }: { readonly name: string; readonly result: Result }) {
  const { items, share, low, high, step } = result;
  const [offset, setOffset] = useState(0);
  // Those that are wrong first, each part in the order of the file.
  const rows = useMemo(() => items.toSorted((a, b) => Number(a.right) - Number(b.right)), [items]);
  const right = items.filter((item) => item.right).length;
  const hasCloze = items.some(({ kind }) => kind === 'cloze');
  const save = (): void => {
    const csv = new Blob([scoredCsv(items)], { type: 'text/csv' });
    saveBlob(csv, `${name.replace(/\.[^.]*$/u, '')}-scored.csv`);
  };
  return (
    <section className="section" aria-label={`Result of ${name}`}>
      <h2>{name}</h2>
      <Figures label="Accuracy on the file" width={180}>
        <Figure
          label="Accuracy"
          number={(100 * share).toFixed(1)}
          unit="%"
          note={`95% confidence interval: ${formatShare(low)} to ${formatShare(high)}`}
        />
        <Figure label="Correct" number={formatCount(right)} note={`of ${counted(items.length, 'item')}`} />
      </Figures>
      <Group gap={16}>
        <Button size="xs" onClick={save}>
          Save as CSV
        </Button>
        <span className="small soft">With the weights of step {formatCount(step)}; incorrect items first.</span>
      </Group>
      <DataTable
        label="Items of the file"
        className="score-items"
        rows={rows.slice(offset, offset + PAGE)}
        columns={[
          { head: 'Line', cell: ({ line }) => formatCount(line) },
          { head: 'Result', cell: ({ right: isRight }) => (isRight ? 'correct' : <strong>incorrect</strong>) },
          ...(hasCloze ? [{ head: 'Sentence', cell: sentenceOf }] : []),
          { head: 'Expected', names: true, cell: (item) => <Side {...item} of="score" /> },
          { head: 'Alternative', cell: (item) => <Side {...item} of="against" /> },
        ]}
      />
      <Pager offset={offset} limit={PAGE} total={rows.length} onChange={setOffset} noun="items" />
    </section>
  );
}

/** The sentence of a cloze test; a pair has two of its own. */
function sentenceOf(item: ScoredItem): ReactNode {
  return (
    item.kind === 'cloze' && (
      <span className="book" dir={textDirection(item.text)}>
        {item.text}
      </span>
    )
  );
}

/** A word with its probability, or a sentence with its pseudo-log-likelihood. */
function Side({ of, ...item }: ScoredItem & { readonly of: 'score' | 'against' }) {
  const value = item[of];
  const [text, figure] =
    item.kind === 'cloze'
      ? [of === 'score' ? item.word : item.answer, formatProbability(value)]
      : [of === 'score' ? item.good : item.bad, `${significant(value, 4).replace('-', '−')} nats`];
  return (
    <>
      <bdi className="book">{text}</bdi> <small className="tiny faint tabular">{figure}</small>
    </>
  );
}
