import { TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { ErrorNotice } from '../../design/Notices.tsx';
import { formatCount, formatShare, plural } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import type { VocabularyMap } from './insideCommands.ts';
import { MapTable } from './MapTable.tsx';
import { NeighbourTable } from './NeighbourTable.tsx';
import { mapWord } from './paintMap.ts';
import { VocabularyCanvas } from './VocabularyCanvas.tsx';
import './vocabularyView.css';

const NEIGHBOURS = 10;
const MOST_LISTED = 12;

/** The word table on two axes: which tokens the model holds for alike. */
export function VocabularyView() {
  const models = useStudio(({ train }) => `${train.runs.length} ${train.state.phase === 'running'}`);
  const [asked, setAsked] = useState(0);
  const version = `${models} ${asked}`;
  const { data: map, error } = useEngine('inside.map', {}, { version });
  const outdated = useStudio(
    ({ train }) => train.state.phase === 'running' && map !== null && train.state.step > map.step,
  );
  if (map === null) return <ErrorNotice error={error} />;
  return (
    <div className="vocabulary-view">
      <ErrorNotice error={error} />
      <Explorer map={map} version={version} />
      <p className="inside-note">
        Drag the map to move it; zoom with the buttons, with two fingers, or with the wheel once the map was pressed.
        Principal components of the embeddings by the weights of step {formatCount(map.step)}: the two axes hold{' '}
        {formatShare(map.shares[0])} and {formatShare(map.shares[1])} of the variance, so near on the map is only a
        hint; the list of neighbours reads all dimensions. Larger words occur more often; paler ones continue a word, or
        stand without a space before them.
        {map.unused > 0 && ` ${plural(map.unused, 'token')} that the text never uses are left out.`}{' '}
        {outdated && (
          <button type="button" className="link-button" onClick={() => setAsked(asked + 1)}>
            Draw it with the weights of now
          </button>
        )}
      </p>
    </div>
  );
}

/** Search, map, and the neighbours of the chosen token. */
function Explorer({ map, version }: { readonly map: VocabularyMap; readonly version: string }) {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<number | null>(null);
  const id = chosen === null ? undefined : map.ids[chosen];
  const nearest = useEngine('inside.neighbours', id === undefined ? null : { id, count: NEIGHBOURS }, { version });
  const places = useMemo(() => new Map(Array.from(map.ids, (id, place) => [id, place])), [map]);
  const order = useMemo(() => byFrequency(map), [map]);
  const found = useMemo(() => findTokens(map, query), [map, query]);
  const marks = useMemo(
    () => ({
      chosen,
      neighbours: (nearest.data ?? []).flatMap(({ id }) => places.get(id) ?? []),
      found: found === null ? null : new Set(found),
    }),
    [chosen, nearest.data, places, found],
  );
  return (
    <>
      <div className="map-search">
        <TextInput
          label="Search the map"
          description="A piece of a word. Press one of those found, or a word on the map."
          type="search"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          autoComplete="off"
        />
        <Found map={map} found={found} chosen={chosen} onChoose={setChosen} />
      </div>
      <VocabularyCanvas map={map} order={order} marks={marks} onChoose={setChosen} />
      {chosen !== null && (
        <NeighbourTable
          word={mapWord(map.texts[chosen] ?? '')}
          count={map.counts[chosen] ?? 0}
          id={map.ids[chosen] ?? 0}
          nearest={nearest}
          onChoose={(id) => setChosen(places.get(id) ?? null)}
        />
      )}
      <MapTable map={map} order={order} onChoose={setChosen} />
    </>
  );
}

/** Places on the map, the most frequent tokens first. */
function byFrequency({ counts }: VocabularyMap): number[] {
  return [...counts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
}

/** Places of the tokens that hold a piece, shortest first; null: nothing is searched. */
function findTokens({ texts }: VocabularyMap, query: string): number[] | null {
  const needle = query.trim().toLowerCase();
  if (needle === '') return null;
  const length = (place: number): number => (texts[place] ?? '').length;
  return [...texts.keys()]
    .filter((place) => texts[place]?.toLowerCase().includes(needle))
    .sort((a, b) => length(a) - length(b) || a - b);
}

interface FoundProps {
  readonly map: VocabularyMap;
  readonly found: readonly number[] | null;
  readonly chosen: number | null;
  readonly onChoose: (place: number) => void;
}

/** What the search found, to press. */
function Found({ map, found, chosen, onChoose }: FoundProps) {
  if (found === null) return null;
  const rest = found.length - MOST_LISTED;
  return (
    <div className="map-found">
      <p className="visually-hidden" role="status">
        {plural(found.length, 'token')} found
      </p>
      {found.length === 0 && <p className="inside-note">No token on the map holds that.</p>}
      {found.slice(0, MOST_LISTED).map((place) => (
        <button
          key={place}
          type="button"
          className="map-word"
          aria-pressed={place === chosen}
          onClick={() => onChoose(place)}
        >
          {mapWord(map.texts[place] ?? '')}
        </button>
      ))}
      {rest > 0 && <span className="inside-note">and {formatCount(rest)} more</span>}
    </div>
  );
}
