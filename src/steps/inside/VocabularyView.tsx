import { Flex, Group, Stack, TextInput, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { counted } from '../../core/counts.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Pager } from '../../design/Pager.tsx';
import { ShareBar } from '../../design/ProgressLine.tsx';
import { textDirection } from '../../design/textDirection.ts';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import type { VocabularyMap } from './insideCommands.ts';
import { NewerWeights, useWeights } from './looks.tsx';
import { mapWord } from './paintMap.ts';
import { VocabularyCanvas } from './VocabularyCanvas.tsx';
import './inside.css';
import './vocabularyView.css';
import { saveSvg } from '../../design/saveBlob.ts';
import { mapSvg } from './insidePictures.ts';

const NEIGHBOURS = 10;
const MOST_LISTED = 12;
const PER_PAGE = 20;

/** The token embeddings on two axes: which tokens the model holds for alike. */
export function VocabularyView() {
  const { version, askAgain } = useWeights();
  const { data: map, error } = useEngine('inside.map', {}, { version });
  if (map === null) return <ErrorNotice error={error} />;
  return (
    <Stack gap={20} miw={0}>
      <ErrorNotice error={error} />
      <Explorer map={map} version={version} />
      <p className="small soft">
        Drag the map to move it; zoom with the buttons, by pinching, or with the wheel once the map has been clicked.
        Principal components of the embeddings, with the weights of step {formatCount(map.step)}: the two axes explain{' '}
        {formatShare(map.shares[0])} and {formatShare(map.shares[1])} of the variance, so closeness on the map is only a
        hint; the nearest neighbours are found in all dimensions. Tokens drawn larger occur more often; paler ones
        continue a word, or stand without a space before them.
        {map.unused > 0 &&
          ` ${counted(map.unused, 'token')} that the text never uses ${map.unused === 1 ? 'is' : 'are'} left out.`}{' '}
        <NewerWeights step={map.step} onAsk={askAgain}>
          Draw with the newest weights
        </NewerWeights>
      </p>
    </Stack>
  );
}

function Explorer({ map, version }: { readonly map: VocabularyMap; readonly version: string }) {
  const [query, setQuery] = useState('');
  const [offset, setOffset] = useState(0);
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
  const wordOf = (place: number): string => mapWord(map.texts[place] ?? '');
  const countOf = (place: number): number => map.counts[place] ?? 0;
  return (
    <>
      <div className="map-search">
        <TextInput
          label="Search the map"
          description="Part of a token. Click a result, or a token on the map."
          type="search"
          dir={textDirection(query)}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        {found !== null && (
          <Group align="baseline" gap="4px 16px">
            <p className="visually-hidden" role="status">
              {counted(found.length, 'token')} found
            </p>
            {found.length === 0 && <p className="small soft">No matching tokens on the map.</p>}
            {found.slice(0, MOST_LISTED).map((place) => (
              <Word key={place} word={wordOf(place)} pressed={place === chosen} onPress={() => setChosen(place)} />
            ))}
            {found.length > MOST_LISTED && (
              <span className="small soft">and {formatCount(found.length - MOST_LISTED)} more</span>
            )}
          </Group>
        )}
      </div>
      <VocabularyCanvas map={map} order={order} marks={marks} onChoose={setChosen} />
      {chosen !== null && (
        <Flex
          component="section"
          direction="column"
          gap={12}
          aria-label={`Nearest neighbours of “${wordOf(chosen)}”`}
          aria-live="polite"
          aria-busy={nearest.pending}
        >
          <p className="small soft">
            <strong className="chosen-word">
              <bdi>{wordOf(chosen)}</bdi>
            </strong>{' '}
            ID {id}, occurs {counted(countOf(chosen), 'time')}, nearest neighbours by cosine similarity:
          </p>
          <ErrorNotice error={nearest.error} />
          <ol className="neighbours plain-list">
            {nearest.data?.map(({ id: own, text, cosine, count }) => (
              <li key={own}>
                <Word word={mapWord(text)} onPress={() => setChosen(places.get(own) ?? null)} />
                <ShareBar share={cosine} height={6} />
                <span className="tiny tabular">{cosine.toFixed(2)}</span>
                <span className="tiny tabular faint">{formatCount(count)}×</span>
              </li>
            ))}
          </ol>
        </Flex>
      )}
      <button
        type="button"
        className="link-button small"
        style={{ alignSelf: 'start' }}
        onClick={() => saveSvg(mapSvg('Vocabulary', map.texts.map(mapWord), map.counts, map.points), 'vocabulary.svg')}
      >
        Save as SVG
      </button>
      <DisclosedTable
        summary="The map as a table"
        content={() => ({
          rows: order.slice(offset, offset + PER_PAGE),
          columns: [
            {
              head: 'Token',
              names: true,
              cell: (place) => <Word word={wordOf(place)} onPress={() => setChosen(place)} />,
            },
            { head: 'ID', cell: (place) => map.ids[place] },
            { head: 'Count', cell: (place) => formatCount(countOf(place)) },
            { head: 'PC 1', cell: (place) => (map.points[2 * place] ?? 0).toFixed(3) },
            { head: 'PC 2', cell: (place) => (map.points[2 * place + 1] ?? 0).toFixed(3) },
          ],
        })}
        below={<Pager offset={offset} limit={PER_PAGE} total={order.length} onChange={setOffset} noun="tokens" />}
      />
    </>
  );
}

interface WordProps {
  readonly word: string;
  readonly onPress: () => void;
  readonly pressed?: boolean;
}

/** A token, to see where it stands and what is near it. */
function Word({ word, onPress, pressed }: WordProps) {
  return (
    <UnstyledButton className="pressed-word" dir="auto" aria-pressed={pressed} onClick={onPress}>
      {word}
    </UnstyledButton>
  );
}

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
