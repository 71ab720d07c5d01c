import { useState } from 'react';
import { Pager } from '../../design/Pager.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { InsideTable } from './InsideTable.tsx';
import type { VocabularyMap } from './insideCommands.ts';
import { mapWord } from './paintMap.ts';

const PER_PAGE = 20;

interface MapTableProps {
  readonly map: VocabularyMap;
  /** Places on the map in the order of the table. */
  readonly order: readonly number[];
  readonly onChoose: (place: number) => void;
}

/** The map in figures: each token's place on the two axes. */
export function MapTable({ map, order, onChoose }: MapTableProps) {
  const [offset, setOffset] = useState(0);
  return (
    <InsideTable
      summary="The map as a table"
      columns={['Token', 'Id', 'Occurs', 'Across', 'Up']}
      rows={() =>
        order.slice(offset, offset + PER_PAGE).map((place) => (
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
        ))
      }
      below={<Pager offset={offset} limit={PER_PAGE} total={order.length} onChange={setOffset} noun="tokens" />}
    />
  );
}
