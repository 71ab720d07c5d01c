import { useState } from 'react';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { PipelineTensorGrid, type TensorName } from './PipelineTensorGrid.tsx';
import { type Cell, type CellKind, cellKind, countCells, shownText, textAround } from './pipelineCells.ts';
import type { BatchPreview } from './pipelineCommands.ts';

const TENSORS: readonly TensorName[] = ['input_ids', 'attention_mask', 'labels'];
/** Rows drawn before the person asks for more. */
const FIRST_ROWS = 8;
/** Tokens of text to each side of the cell under the pointer. */
const REACH = 14;

const KIND_SENTENCES: Readonly<Record<CellKind, string>> = {
  token: 'an ordinary token',
  lineBreak: 'a line break: kept, never hidden, not counted',
  special: 'a special token, never hidden',
  padding: 'padding: the model does not look here',
  mask: 'hidden behind <mask>; the loss reads it',
  random: 'replaced by a random token; the loss reads it',
  unchanged: 'chosen but left as it is; the loss reads it',
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
    <div className="batch">
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
      <p className="batch-rows">
        {rows === batch.rows ? `All ${rows} rows are shown.` : `The first ${rows} of ${batch.rows} rows are shown.`}
        {batch.rows > FIRST_ROWS && ' '}
        {batch.rows > FIRST_ROWS && (
          <button type="button" className="link-button" onClick={() => setAllRows(!allRows)}>
            {allRows ? `Show the first ${FIRST_ROWS}` : 'Show all rows'}
          </button>
        )}
      </p>
      <BatchTable batch={batch} />
    </div>
  );
}

/** What stands at the cursor. Its height never changes, so that nothing moves under the pointer. */
function CellReadout({ batch, cursor }: { readonly batch: BatchPreview; readonly cursor: Cell | null }) {
  if (cursor === null) {
    return (
      <div className="batch-readout" aria-live="polite">
        <p className="batch-text">
          Point at a cell or touch it, or tab to a grid and use the arrow keys, to read its text.
        </p>
        <p className="batch-place">One row is one sample; the three grids show the same positions.</p>
      </div>
    );
  }
  const index = cursor.row * batch.columns + cursor.column;
  const id = batch.inputIds[index] ?? 0;
  const label = batch.labels[index] ?? 0;
  return (
    <div className="batch-readout" aria-live="polite">
      <p className="batch-text">
        {textAround(batch, cursor, REACH).map(({ column, text, kind }) => (
          <span key={column} className={`piece piece-${kind}`} data-here={column === cursor.column || undefined}>
            {text}
          </span>
        ))}
      </p>
      <p className="batch-place">
        Row {cursor.row}, position {cursor.column}: input {id} <code>{shownText(batch, id)}</code>, attention{' '}
        {batch.attentionMask[index]}, label {label} <code>{shownText(batch, label)}</code>
        <span className="batch-kind"> – {KIND_SENTENCES[cellKind(batch, index)]}.</span>
      </p>
    </div>
  );
}

const TABLE_ROWS: readonly (readonly [CellKind, string])[] = [
  ['token', 'Ordinary tokens, as they are'],
  ['mask', 'Hidden behind <mask>'],
  ['random', 'Replaced by a random token'],
  ['unchanged', 'Chosen, left unchanged'],
  ['lineBreak', 'Line breaks'],
  ['special', 'Special tokens'],
  ['padding', 'Padding'],
];

/** The batch in figures, which is also the key to the colours. */
function BatchTable({ batch }: { readonly batch: BatchPreview }) {
  const counts = countCells(batch);
  const cells = batch.rows * batch.columns;
  return (
    <table className="batch-table">
      <caption>
        The {formatCount(cells)} positions of this batch ({batch.rows} rows of {batch.columns})
      </caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Positions</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {TABLE_ROWS.map(([kind, title]) => (
          <tr key={kind}>
            <th scope="row">
              <svg className="batch-swatch" viewBox="0 0 10 10" aria-hidden="true">
                <path className={`cell cell-${kind}`} d="M0.5 0.5h9v9h-9z" />
              </svg>
              {title}
            </th>
            <td>{formatCount(counts[kind])}</td>
            <td>{formatShare(counts[kind] / cells)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
