import { type KeyboardEvent, memo, useMemo } from 'react';
import {
  type Column,
  type Compared,
  columnsOf,
  mapInWords,
  type Selection,
  selectedMap,
  selectionName,
} from './attentionChoice.ts';
import { HeatPaths } from './HeatPaths.tsx';
import { heatPaths } from './heat.ts';
import { focusPlace, movedPlace } from './movedPlace.ts';
import './headGrid.css';

interface HeadGridProps {
  readonly compared: Compared;
  /** The number that is drawn full. */
  readonly peak: number;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** Every layer and head at a glance, the mean and the rollout of each layer beside them; pressing one shows it large. */
export const HeadGrid = memo(function HeadGrid({ compared, peak, selection, onSelect }: HeadGridProps) {
  const { layers, heads, tokens } = compared.maps;
  const columns = columnsOf(heads);
  const cells = useMemo(
    () =>
      Array.from({ length: layers }, (_, layer) =>
        columnsOf(heads).map((column) => {
          const map = selectedMap(compared, { layer, column });
          const name = `${selectionName({ layer, column })}: ${mapInWords(compared, map)}`;
          return { layer, column, name, paths: heatPaths(map, tokens, peak) };
        }),
      ),
    [compared, peak, layers, heads, tokens],
  );
  const place = selection.layer * columns.length + columns.indexOf(selection.column);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const isVertical = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    const step = event.key === 'ArrowUp' ? -columns.length : columns.length;
    const next = isVertical ? place + step : movedPlace(place, event.key, layers * columns.length);
    const chosen = next === null ? undefined : cells.flat()[next];
    if (chosen === undefined) return;
    event.preventDefault();
    onSelect(chosen);
    focusPlace(event.currentTarget, next ?? place);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons inside
    <div
      className="head-grid"
      style={{ gridTemplateColumns: `auto repeat(${columns.length}, minmax(24px, 84px))` }}
      onKeyDown={onKeyDown}
    >
      <span className="head-grid-corner" />
      {columns.map((column) => (
        <span key={column} className="head-grid-name" aria-hidden="true">
          {columnTitle(column)}
        </span>
      ))}
      {cells.map((row, layer) => [
        // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its number
        <span key={layer} className="head-grid-name head-grid-layer" aria-hidden="true">
          {layer + 1}
        </span>,
        ...row.map((cell, index) => (
          <button
            key={cell.column}
            type="button"
            className="head-cell"
            data-place={layer * columns.length + index}
            data-apart={cell.column === 'average' || undefined}
            aria-label={cell.name}
            aria-pressed={layer * columns.length + index === place}
            tabIndex={layer * columns.length + index === place ? 0 : -1}
            title={cell.name}
            onClick={() => onSelect({ layer, column: cell.column })}
          >
            <HeatPaths paths={cell.paths} columns={tokens} />
          </button>
        )),
      ])}
    </div>
  );
});

function columnTitle(column: Column): string {
  if (column === 'average') return 'mean';
  return column === 'rollout' ? 'rollout' : String(column + 1);
}
