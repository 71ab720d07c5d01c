import { useRovingIndex } from '@mantine/hooks';
import { Fragment, memo, useMemo } from 'react';
import {
  type Column,
  type Compared,
  columnsOf,
  mapInWords,
  type Selection,
  selectedMap,
  selectionName,
} from './attentionChoice.ts';
import { heatPaths, SHADES } from './heat.ts';
import './headGrid.css';

interface HeadGridProps {
  readonly compared: Compared;
  readonly peak: number;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** Every layer and head at a glance, the mean and the rollout of each layer beside them; pressing one shows it large. */
export const HeadGrid = memo(function HeadGrid({ compared, peak, selection, onSelect }: HeadGridProps) {
  const { layers, heads, tokens } = compared.maps;
  const columns = useMemo(() => columnsOf(heads), [heads]);
  const cells = useMemo(
    () =>
      Array.from({ length: layers * columns.length }, (_, index) => {
        const layer = Math.floor(index / columns.length);
        const column = columns[index % columns.length] ?? 0;
        const map = selectedMap(compared, { layer, column });
        const name = `${selectionName({ layer, column })}: ${mapInWords(compared, map)}`;
        return { layer, column, name, paths: heatPaths(map, tokens, peak) };
      }),
    [compared, peak, layers, columns, tokens],
  );
  const chosen = selection.layer * columns.length + columns.indexOf(selection.column);
  const { getItemProps } = useRovingIndex({
    total: cells.length,
    columns: columns.length,
    focusedIndex: chosen,
    onFocusChange: (index) => {
      const cell = cells[index];
      if (cell !== undefined) onSelect({ layer: cell.layer, column: cell.column });
    },
  });
  return (
    <div className="head-grid" style={{ gridTemplateColumns: `auto repeat(${columns.length}, minmax(24px, 84px))` }}>
      <span />
      {columns.map((column) => (
        <span key={column} className="tiny faint tabular" aria-hidden="true">
          {columnTitle(column)}
        </span>
      ))}
      {cells.map(({ layer, column, name, paths }, index) => (
        <Fragment key={`${layer} ${column}`}>
          {index % columns.length === 0 && (
            <span className="tiny faint tabular" aria-hidden="true">
              {layer + 1}
            </span>
          )}
          <button
            type="button"
            className="head-cell"
            aria-label={name}
            aria-pressed={index === chosen}
            title={name}
            {...getItemProps({ index })}
          >
            <Heat paths={paths} tokens={tokens} />
          </button>
        </Fragment>
      ))}
    </div>
  );
});

function columnTitle(column: Column): string {
  if (column === 'average') return 'mean';
  return column === 'rollout' ? 'rollout' : String(column + 1);
}

type HeatProps = { readonly paths: ReturnType<typeof heatPaths>; readonly tokens: number };

const Heat = memo(function Heat({ paths, tokens }: HeatProps) {
  return (
    <svg className="heat" viewBox={`0 0 ${tokens} ${tokens}`} preserveAspectRatio="none" aria-hidden="true">
      {paths.map(({ shade, path }) => (
        <path
          key={shade}
          fill={shade < 0 ? 'var(--data-held-out)' : 'var(--data-train)'}
          fillOpacity={Math.abs(shade) / SHADES}
          d={path}
        />
      ))}
    </svg>
  );
});
