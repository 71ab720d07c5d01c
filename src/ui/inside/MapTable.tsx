import { useState } from 'react';
import { formatCount } from '../../store/format.ts';
import type { VocabularyMap } from '../../store/types.ts';
import { Pager } from '../design/Pager.tsx';
import { mapWord } from './paintMap.ts';
import './insideTable.css';

const PER_PAGE = 20;

interface MapTableProps {
  readonly map: VocabularyMap;
  /** Places on the map in the order of the table. */
  readonly order: readonly number[];
  readonly onChoose: (place: number) => void;
}

/** The map in figures: each token's place on the two axes. */
export function MapTable({ map, order, onChoose }: MapTableProps) {
  const [open, setOpen] = useState(false);
  const [offset, setOffset] = useState(0);
  return (
    <details className="inside-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The map as a table</summary>
      {open && (
        <div className="inside-scroll">
          <table className="inside-table">
            <thead>
              <tr>
                <th scope="col">Token</th>
                <th scope="col">Id</th>
                <th scope="col">Occurs</th>
                <th scope="col">Across</th>
                <th scope="col">Up</th>
              </tr>
            </thead>
            <tbody>
              {order.slice(offset, offset + PER_PAGE).map((place) => (
                <tr key={place}>
                  <th scope="row">
                    <button type="button" className="map-word" onClick={() => onChoose(place)}>
                      {mapWord(map.texts[place] ?? '')}
                    </button>
                  </th>
                  <td>{map.ids[place]}</td>
                  <td>{formatCount(map.counts[place] ?? 0)}</td>
                  <td>{(map.points[2 * place] ?? 0).toFixed(3)}</td>
                  <td>{(map.points[2 * place + 1] ?? 0).toFixed(3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Pager offset={offset} limit={PER_PAGE} total={order.length} onChange={setOffset} noun="tokens" />
        </div>
      )}
    </details>
  );
}
