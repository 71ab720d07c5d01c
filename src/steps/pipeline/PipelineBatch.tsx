import { Stack } from '@mantine/core';
import { useState } from 'react';
import { counted } from '../../core/counts.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { fillOf, isChosen, PipelineTensorGrid, type TensorName } from './PipelineTensorGrid.tsx';
import './pipeline.css';
import { type Cell, type CellKind, cellKind, countCells, shownText, textAround } from './pipelineCells.ts';
import type { BatchPreview } from './pipelineCommands.ts';

const TENSORS: readonly TensorName[] = ['input_ids', 'attention_mask', 'labels'];
/** Rows drawn before the person asks for more. */
const FIRST_ROWS = 8;
/** Tokens of text to each side of the cell under the pointer. */
const REACH = 14;

const KINDS: Readonly<Record<CellKind, { readonly title: string; readonly sentence: string }>> = {
  token: { title: 'Ordinary tokens', sentence: 'an ordinary token' },
  mask: { title: 'Replaced by <mask>', sentence: 'replaced by <mask>; counted in the loss' },
  random: { title: 'Replaced by a random token', sentence: 'replaced by a random token; counted in the loss' },
  unchanged: { title: 'Chosen, left unchanged', sentence: 'chosen, left unchanged; counted in the loss' },
  lineBreak: { title: 'Line breaks', sentence: 'a line break: kept, never masked' },
  special: { title: 'Special tokens', sentence: 'a special token, never masked' },
  padding: { title: 'Padding', sentence: 'padding: the model does not attend to it' },
};

interface PipelineBatchProps {
  readonly batch: BatchPreview;
  /** The loss reads every position, not only the chosen ones. */
  readonly readEveryLabel: boolean;
}

/** A real batch: its three tensors under one cursor, the text at the cursor, and what it holds in figures. */
export function PipelineBatch({ batch, readEveryLabel }: PipelineBatchProps) {
  const [asked, setAsked] = useState<Cell | null>(null);
  const [allRows, setAllRows] = useState(false);
  const rows = allRows ? batch.rows : Math.min(batch.rows, FIRST_ROWS);
  const cursor = asked !== null && asked.row < rows && asked.column < batch.columns ? asked : null;
  return (
    <Stack gap={20} miw={0}>
      <CellReadout batch={batch} cursor={cursor} />
      {TENSORS.map((name) => (
        <PipelineTensorGrid
          key={name}
          name={name}
          batch={batch}
          rows={rows}
          readEveryLabel={readEveryLabel}
          cursor={cursor}
          onCursor={setAsked}
        />
      ))}
      <p className="small soft">
        {shownRows(rows, batch.rows)}
        {batch.rows > FIRST_ROWS && ' '}
        {batch.rows > FIRST_ROWS && (
          <button type="button" className="link-button" onClick={() => setAllRows(!allRows)}>
            {allRows ? `Show the first ${FIRST_ROWS}` : 'Show all sequences'}
          </button>
        )}
      </p>
      <BatchTable batch={batch} />
    </Stack>
  );
}

/** What stands at the cursor. Its height never changes, so that nothing moves under the pointer. */
function CellReadout({ batch, cursor }: { readonly batch: BatchPreview; readonly cursor: Cell | null }) {
  if (cursor === null) {
    return (
      <Stack gap={6} mih="8.25rem" className="aside batch-readout" aria-live="polite">
        <p className="batch-text book" dir="auto">
          Point to a cell or touch it, or tab to a grid and use the arrow keys, to read its text.
        </p>
        <p className="small soft tabular">One row is one sequence; the three grids show the same positions.</p>
      </Stack>
    );
  }
  const index = cursor.row * batch.columns + cursor.column;
  const id = batch.inputIds[index] ?? 0;
  const label = batch.labels[index] ?? 0;
  return (
    <Stack gap={6} mih="8.25rem" className="aside batch-readout" aria-live="polite">
      <p className="batch-text book" dir="auto">
        {textAround(batch, cursor, REACH).map(({ column, text, kind }) => (
          <span
            key={column}
            // Where it is called in letters, these are no part of the text.
            {...((kind === 'special' || kind === 'mask') && { dir: 'ltr' })}
            style={{ color: colourOf(kind) }}
            data-here={column === cursor.column || undefined}
          >
            {text}
          </span>
        ))}
      </p>
      <p className="small soft tabular">
        Sequence {cursor.row}, position {cursor.column}: input ID {id} <code>{shownText(batch, id)}</code>, attention
        mask {batch.attentionMask[index]}, label {label} <code>{shownText(batch, label)}</code>
        <span className="faint">
          {' – '}
          {KINDS[cellKind(batch, index)].sentence}
          {label !== batch.originals[index] && '; the label is drawn from neighbour counts'}.
        </span>
      </p>
    </Stack>
  );
}

function colourOf(kind: CellKind): string {
  if (isChosen(kind)) return 'var(--data-masked)';
  return kind === 'special' || kind === 'lineBreak' ? 'var(--ink-faint)' : 'inherit';
}

/** The batch in figures, which is also the key to the colours. */
function BatchTable({ batch }: { readonly batch: BatchPreview }) {
  const counts = countCells(batch);
  const cells = batch.rows * batch.columns;
  return (
    <DataTable
      maw={460}
      caption={`The ${formatCount(cells)} positions of this batch (${counted(batch.rows, 'sequence')} of ${batch.columns})`}
      rows={Object.keys(KINDS) as CellKind[]}
      columns={[
        {
          head: 'Kind',
          names: true,
          cell: (kind) => (
            <>
              <svg width="20" height="10" aria-hidden="true">
                <rect width="10" height="10" style={{ fill: fillOf(kind) }} />
              </svg>
              {KINDS[kind].title}
            </>
          ),
        },
        { head: 'Positions', figures: true, cell: (kind) => formatCount(counts[kind]) },
        { head: 'Share', figures: true, cell: (kind) => formatShare(counts[kind] / cells) },
      ]}
    />
  );
}

function shownRows(rows: number, all: number): string {
  if (rows < all) return `The first ${rows} of ${all} sequences are shown.`;
  return all === 1 ? 'The only sequence is shown.' : `All ${all} sequences are shown.`;
}
