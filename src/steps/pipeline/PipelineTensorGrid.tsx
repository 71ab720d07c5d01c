import { Box, Group, UnstyledButton } from '@mantine/core';
import { type KeyboardEvent, memo, type PointerEvent, useMemo } from 'react';
import { counted } from '../../core/counts.ts';
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
  labels: 'the target token IDs; the marked ones count in the loss',
};

function paintOf(name: TensorName, kind: CellKind, readEveryLabel: boolean): Paint {
  if (kind === 'padding') return name === 'labels' && readEveryLabel ? 'read' : 'padding';
  if (name === 'attention_mask') return 'token';
  if (name === 'labels') return readEveryLabel || isChosen(kind) ? 'read' : 'unread';
  return kind;
}

export const isChosen = (kind: CellKind): boolean => kind === 'mask' || kind === 'random' || kind === 'unchanged';

/** How much of which colour each paint has; the rest is paper. Kinds differ in lightness, too, for who tells no hues apart. */
const PAINTS = {
  token: ['ink', 16],
  lineBreak: ['data-train', 42],
  unread: ['ink', 9],
  special: ['ink', 52],
  padding: ['ink', 0],
  mask: ['data-masked', 100],
  read: ['data-masked', 100],
  random: ['data-masked', 68],
  unchanged: ['data-masked', 45],
} as const;
type Paint = keyof typeof PAINTS;

export function fillOf(paint: Paint): string {
  const [colour, percent] = PAINTS[paint];
  return `color-mix(in oklab, var(--${colour}) ${percent}%, var(--paper))`;
}

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
    <Box component="figure" m={0} miw={0}>
      <Group component="figcaption" gap="0 10px" mb={6} className="small">
        <code>{name}</code>
        <span className="mono faint">
          [{batch.rows}, {columns}]
        </span>
        <span className="soft">{EXPLANATIONS[name]}</span>
      </Group>
      <div style={{ overflowX: 'auto' }}>
        <UnstyledButton
          className="tensor-cells"
          aria-label={`${name}: ${counted(rows, 'row')} of ${counted(columns, 'cell')}. Move with the arrow keys.`}
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
        </UnstyledButton>
      </div>
    </Box>
  );
}

type CellsProps = Omit<TensorGridProps, 'cursor' | 'onCursor'>;

/** The cells alone, drawn anew only when the batch changes. */
const Cells = memo(function Cells({ name, batch, rows, readEveryLabel }: CellsProps) {
  const paths = useMemo(() => {
    const painted = Array.from({ length: rows * batch.columns }, (_, index) =>
      paintOf(name, cellKind(batch, index), readEveryLabel),
    );
    return [...new Set(painted)].map(
      (paint) => [paint, cellsPath(rows, batch.columns, (index) => painted[index] === paint)] as const,
    );
  }, [name, batch, rows, readEveryLabel]);
  return paths.map(([paint, path]) => <path key={paint} style={{ fill: fillOf(paint) }} d={path} />);
});
