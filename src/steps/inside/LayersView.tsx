import { type KeyboardEvent, memo, useState } from 'react';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { showSpaces } from '../../design/showSpaces.ts';
import { formatShare } from '../../studio/page/format.ts';
import { GuessList } from './GuessList.tsx';
import type { TextLook } from './insideCommands.ts';
import { LookNote } from './LookNote.tsx';
import { focusPlace, movedPlace } from './movedPlace.ts';
import { TokenButton } from './TokenButton.tsx';
import { useLooks } from './useLooks.ts';
import './layersView.css';

type LensCell = TextLook['layers'][number][number];

/** A cell of the table: a token's place, and after how many layers. */
interface Spot {
  readonly place: number;
  readonly layer: number;
}

/** How a prediction forms: what the trained head would say at every token after every layer. */
export function LayersView() {
  const looks = useLooks(false);
  const [asked, setSpot] = useState<Spot | null>(null);
  const look = looks.hidden ?? looks.written;
  if (looks.isEmpty) return <Empty>Write a sentence above to look at.</Empty>;
  if (look === null) return <ErrorNotice error={looks.error} />;
  const last = look.layers.length - 1;
  const fallback = { place: look.hidden[0] ?? Math.min(1, look.tokens.length - 1), layer: last };
  const spot = asked !== null && asked.place < look.tokens.length && asked.layer <= last ? asked : fallback;
  return (
    <div className="layers-view">
      <ErrorNotice error={looks.error} />
      <SpotReadout look={look} spot={spot} />
      <LensTable look={look} spot={spot} onSpot={setSpot} onToggle={looks.toggle} />
      <p className="inside-note">
        The head was trained to read the last layer only, so the columns before it show how far the answer has formed,
        not what those layers were trained to say. A token that is not hidden is mostly read off as it stands.
      </p>
      <LookNote looks={looks} />
    </div>
  );
}

/** After the embeddings there has been no layer yet. */
const layerName = (layer: number): string => (layer === 0 ? 'after the embeddings' : `after layer ${layer}`);

/** The five likeliest at the chosen cell, and what became of the word that stood there. */
function SpotReadout({ look, spot: { place, layer } }: { readonly look: TextLook; readonly spot: Spot }) {
  const token = look.tokens[place];
  const cell = look.layers[layer]?.[place];
  if (token === undefined || cell === undefined) return null;
  const isHidden = look.hidden.includes(place);
  const own = token.special ? null : formatShare(cell.own);
  return (
    <section className="spot" aria-label="At the chosen token" aria-live="polite">
      <p className="spot-place">
        <strong>{token.special ? token.text : `“${token.text.trim() || showSpaces(token.text)}”`}</strong>, position{' '}
        {place}, {isHidden ? 'hidden, ' : ''}
        {layerName(layer)}
        {own !== null && `: ${own} for ${isHidden ? 'the hidden token' : 'the token itself'}`}
      </p>
      <GuessList guesses={cell.best} />
    </section>
  );
}

interface LensTableProps {
  readonly look: TextLook;
  readonly spot: Spot;
  readonly onSpot: (spot: Spot) => void;
  readonly onToggle: (place: number) => void;
}

function LensTable({ look, spot, onSpot, onToggle }: LensTableProps) {
  const { tokens, layers, hidden } = look;
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>): void => {
    const isAcross = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    const onToken = (event.target as HTMLElement).matches('.inside-token');
    const next = isAcross
      ? { place: spot.place, layer: movedPlace(onToken ? -1 : spot.layer, event.key, layers.length) ?? 0 }
      : { place: movedPlace(spot.place, event.key, tokens.length) ?? -1, layer: spot.layer };
    if (next.place < 0) return;
    event.preventDefault();
    onSpot(next);
    focusPlace(event.currentTarget, onToken && !isAcross ? next.place : `${next.place}.${next.layer}`);
  };
  return (
    <div className="inside-scroll">
      <table className="lens">
        <caption className="visually-hidden">
          The likeliest token at each position, after the embeddings and after each layer, with its probability
        </caption>
        <thead>
          <tr>
            <th scope="col">Token</th>
            {layers.map((_, layer) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its number
              <th key={layer} scope="col">
                {layer === 0 ? 'Embeddings' : `Layer ${layer}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          {tokens.map((token, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
            <tr key={place}>
              <th scope="row">
                <TokenButton
                  token={token}
                  place={place}
                  hidden={hidden.includes(place)}
                  current={place === spot.place}
                  reachable={place === spot.place}
                  onCurrent={(chosen) => onSpot({ place: chosen, layer: spot.layer })}
                  onToggle={onToggle}
                />
              </th>
              {layers.map((cells, layer) => (
                <Cell
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above
                  key={layer}
                  cell={cells[place]}
                  place={place}
                  layer={layer}
                  isChosen={spot.place === place && spot.layer === layer}
                  onSpot={onSpot}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly cell: LensCell | undefined;
  readonly place: number;
  readonly layer: number;
  readonly isChosen: boolean;
  readonly onSpot: (spot: Spot) => void;
}

/** The likeliest token, the darker the likelier. */
const Cell = memo(function Cell({ cell, place, layer, isChosen, onSpot }: CellProps) {
  const best = cell?.best[0];
  if (best === undefined) return <td />;
  const choose = (): void => onSpot({ place, layer });
  return (
    <td>
      <button
        type="button"
        className="lens-cell"
        data-place={`${place}.${layer}`}
        data-chosen={isChosen || undefined}
        tabIndex={isChosen ? 0 : -1}
        style={{ '--share': `${Math.round(42 * best.probability)}%` } as React.CSSProperties}
        onPointerMove={() => !isChosen && choose()}
        onFocus={choose}
        onClick={choose}
      >
        <span className="lens-word">{showSpaces(best.text)}</span>
        <span className="lens-share">{Math.round(100 * best.probability)}</span>
      </button>
    </td>
  );
});
