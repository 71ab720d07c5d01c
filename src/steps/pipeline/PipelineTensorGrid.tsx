import { type KeyboardEvent, memo, type PointerEvent, useMemo } from 'react';
import { type Cell, type CellKind, cellKind, cellsPath, movedCell } from './pipelineCells.ts';
import type { BatchPreview } from './pipelineCommands.ts';

/** Which of the three tensors a grid draws. */
export type TensorName = 'input_ids' | 'attention_mask' | 'labels';

interface TensorGridProps {
  readonly name: TensorName;
  readonly batch: BatchPreview;
  /** Rows drawn, from the first. */
  readonly rows: number;
  readonly readEveryLabel: boolean;
  readonly cursor: Cell | null;
  readonly onCursor: (cell: Cell) => void;
}

const EXPLANATIONS: Readonly<Record<TensorName, string>> = {
  input_ids: 'what the model reads',
  attention_mask: '1 where there is a token, 0 on padding',
  labels: 'the ids with no masking; the loss reads the marked ones',
};

/** How a cell of each tensor is drawn: the name of a class. */
function paint(name: TensorName, kind: CellKind, readEveryLabel: boolean): string {
  if (kind === 'padding') return name === 'labels' && readEveryLabel ? 'read' : 'padding';
  if (name === 'attention_mask') return 'token';
  if (name === 'labels') return readEveryLabel || isChosen(kind) ? 'read' : 'unread';
  return kind;
}

const isChosen = (kind: CellKind): boolean => kind === 'mask' || kind === 'random' || kind === 'unchanged';

const PAINTS = ['token', 'lineBreak', 'special', 'padding', 'mask', 'random', 'unchanged', 'read', 'unread'] as const;

/**
 * One tensor of a batch as a grid of cells, one row a sample. However many cells there are, it is a few SVG paths; pointer
 * and arrow keys move one cursor that all three grids share.
 */
export function PipelineTensorGrid({ name, batch, rows, readEveryLabel, cursor, onCursor }: TensorGridProps) {
  const { columns } = batch;
  const pointAt = (event: PointerEvent<HTMLButtonElement>): void => {
    const area = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - area.left) / area.width) * columns);
    const row = Math.floor(((event.clientY - area.top) / area.height) * rows);
    if (column >= 0 && column < columns && row >= 0 && row < rows) onCursor({ row, column });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const next = movedCell(cursor ?? { row: 0, column: 0 }, event.key, rows, columns);
    if (next === null) return;
    event.preventDefault();
    onCursor(next);
  };
  return (
    <figure className="tensor">
      <figcaption>
        <code>{name}</code>
        <span className="tensor-shape">
          [{batch.rows}, {columns}]
        </span>
        <span className="tensor-explanation">{EXPLANATIONS[name]}</span>
      </figcaption>
      <div className="tensor-scroll">
        <button
          type="button"
          className="tensor-cells"
          aria-label={`${name}: ${rows} rows of ${columns} cells. Move with the arrow keys.`}
          style={{ minWidth: columns * 6, height: rows * 14 }}
          onPointerMove={pointAt}
          onPointerDown={pointAt}
          onFocus={() => onCursor(cursor ?? { row: 0, column: 0 })}
          onKeyDown={onKeyDown}
        >
          <svg viewBox={`0 0 ${columns * 10} ${rows * 10}`} preserveAspectRatio="none" aria-hidden="true">
            <Cells name={name} batch={batch} rows={rows} readEveryLabel={readEveryLabel} />
            {cursor !== null && cursor.row < rows && (
              <rect
                className="tensor-cursor"
                x={cursor.column * 10 - 0.5}
                y={cursor.row * 10 - 0.5}
                width={10}
                height={10}
                vectorEffect="non-scaling-stroke"
              />
            )}
          </svg>
        </button>
      </div>
    </figure>
  );
}

type CellsProps = Omit<TensorGridProps, 'cursor' | 'onCursor'>;

/** The cells alone, drawn anew only when the batch changes. */
const Cells = memo(function Cells({ name, batch, rows, readEveryLabel }: CellsProps) {
  const paths = useMemo(() => {
    const painted = Array.from({ length: rows * batch.columns }, (_, index) =>
      paint(name, cellKind(batch, index), readEveryLabel),
    );
    return PAINTS.map((kind) => [kind, cellsPath(rows, batch.columns, (index) => painted[index] === kind)] as const);
  }, [name, batch, rows, readEveryLabel]);
  return paths.map(([kind, path]) => path !== '' && <path key={kind} className={`cell cell-${kind}`} d={path} />);
});
