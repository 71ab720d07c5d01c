import { ErrorNotice } from '../../design/Notices.tsx';
import { formatCount, plural } from '../../studio/page/format.ts';
import type { Answered } from '../../studio/page/useEngine.ts';
import { mapWord } from './paintMap.ts';
import './insideTable.css';

interface NeighbourTableProps {
  readonly word: string;
  readonly count: number;
  readonly id: number;
  readonly nearest: Answered<'inside.neighbours'>;
  /** Goes on to a neighbour, by its id. */
  readonly onChoose: (id: number) => void;
}

/** The tokens whose embeddings point most nearly where that of the chosen one points. */
export function NeighbourTable({ word, count, id, nearest, onChoose }: NeighbourTableProps) {
  return (
    <section
      className="neighbours"
      aria-label={`Neighbours of “${word}”`}
      aria-live="polite"
      aria-busy={nearest.pending}
    >
      <p className="neighbours-of">
        <strong>{word}</strong> id {id}, occurs {plural(count, 'time')}; nearest by direction (cosine):
      </p>
      <ErrorNotice error={nearest.error} />
      <ol className="neighbours-list">
        {nearest.data?.map((neighbour) => (
          <li key={neighbour.id}>
            <button type="button" className="map-word" onClick={() => onChoose(neighbour.id)}>
              {mapWord(neighbour.text)}
            </button>
            <span className="neighbour-bar" aria-hidden="true">
              <span style={{ width: `${100 * Math.max(0, neighbour.cosine)}%` }} />
            </span>
            <span className="neighbour-figure">{neighbour.cosine.toFixed(2)}</span>
            <span className="neighbour-figure neighbour-count">{formatCount(neighbour.count)}×</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
