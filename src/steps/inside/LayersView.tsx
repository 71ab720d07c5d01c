import { Flex } from '@mantine/core';
import { type CSSProperties, type KeyboardEvent, memo, useState } from 'react';
import { ARROWS } from '../../design/arrowKeys.ts';
import { ShareBar } from '../../design/ProgressLine.tsx';
import { showSpaces } from '../../design/showSpaces.ts';
import { formatShare } from '../../studio/page/format.ts';
import type { TextLook } from './insideCommands.ts';
import { LookView, useLooks } from './looks.tsx';
import { TokenButton } from './TokenButton.tsx';
import './layersView.css';

/** A cell of the table: a token's place, and after how many layers. */
interface Spot {
  readonly place: number;
  readonly layer: number;
}

/** How a prediction forms: what the trained head would say at every token after every layer. */
export function LayersView() {
  const looks = useLooks(false);
  const [asked, setSpot] = useState<Spot | null>(null);
  return (
    <LookView
      looks={looks}
      hint="Point to a cell to see its top predictions; click a token to mask it, and again to show it."
    >
      {(look) => {
        const last = look.layers.length - 1;
        const fallback = { place: look.hidden[0] ?? Math.min(1, look.tokens.length - 1), layer: last };
        const spot = asked !== null && asked.place < look.tokens.length && asked.layer <= last ? asked : fallback;
        return (
          <>
            <SpotReadout look={look} spot={spot} />
            <LensTable look={look} spot={spot} onSpot={setSpot} onToggle={looks.toggle} />
            <p className="small soft">
              The masked-LM head was trained to read the last layer only, so the columns before it show how far the
              prediction has formed, not what those layers were trained to say. A token that is not masked is mostly
              predicted as itself.
            </p>
          </>
        );
      }}
    </LookView>
  );
}

/** The five likeliest at the chosen cell, and what became of the word that stood there. */
function SpotReadout({ look, spot: { place, layer } }: { readonly look: TextLook; readonly spot: Spot }) {
  const token = look.tokens[place];
  const cell = look.layers[layer]?.[place];
  if (token === undefined || cell === undefined) return null;
  const isHidden = look.hidden.includes(place);
  return (
    <Flex
      component="section"
      direction="column"
      className="inside-readout small soft"
      gap={12}
      aria-label="At the chosen token"
      aria-live="polite"
    >
      <p>
        <strong className="chosen-word">
          <bdi>{token.special ? token.text : `“${token.text.trim() || showSpaces(token.text)}”`}</bdi>
        </strong>
        , position {place}, {isHidden ? 'masked, ' : ''}
        {/* After the embeddings there has been no layer yet. */}
        {layer === 0 ? 'after the embeddings' : `after layer ${layer}`}
        {!token.special && `: ${formatShare(cell.own)} for ${isHidden ? 'the masked token' : 'the token itself'}`}
      </p>
      <ol className="guesses plain-list">
        {cell.best.map(({ text, probability }) => (
          <li key={text}>
            <bdi className="guess-word">{text.trim() || showSpaces(text)}</bdi>
            <span className="tiny tabular">{formatShare(probability)}</span>
            <ShareBar share={probability} height={4} style={{ gridColumn: '1 / -1' }} />
          </li>
        ))}
      </ol>
    </Flex>
  );
}

interface LensTableProps {
  readonly look: TextLook;
  readonly spot: Spot;
  readonly onSpot: (spot: Spot) => void;
  readonly onToggle: (place: number) => void;
}

/** Focuses the button in the cell beside the one that has the focus. */
function moveFocus(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const [down, across] = ARROWS.get(event.key) ?? [];
  const from = (event.target as HTMLElement).closest<HTMLTableCellElement>('td, th');
  const row = from?.closest('tr');
  if (down === undefined || across === undefined || !from || !row) return;
  event.preventDefault();
  const to = event.currentTarget.rows[row.sectionRowIndex + down]?.cells[from.cellIndex + across];
  to?.querySelector('button')?.focus();
}

function LensTable({ look: { tokens, layers, hidden }, spot, onSpot, onToggle }: LensTableProps) {
  return (
    <div style={{ overflowX: 'auto' }}>
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
        <tbody onKeyDown={moveFocus}>
          {tokens.map((token, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
            <tr key={place}>
              <th scope="row">
                <TokenButton
                  token={token}
                  place={place}
                  hidden={hidden.includes(place)}
                  current={place === spot.place}
                  reached={{ tabIndex: place === spot.place ? 0 : -1 }}
                  onCurrent={(chosen) => onSpot({ place: chosen, layer: spot.layer })}
                  onToggle={onToggle}
                />
              </th>
              {layers.map((cells, layer) => (
                <Cell
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above
                  key={layer}
                  best={cells[place]?.best[0]}
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

interface CellProps extends Spot {
  readonly best: { readonly text: string; readonly probability: number } | undefined;
  readonly isChosen: boolean;
  readonly onSpot: (spot: Spot) => void;
}

/** The likeliest token, the darker the likelier. */
const Cell = memo(function Cell({ best, place, layer, isChosen, onSpot }: CellProps) {
  if (best === undefined) return <td />;
  const choose = (): void => onSpot({ place, layer });
  return (
    <td>
      <button
        type="button"
        className="lens-cell plain-button"
        data-chosen={isChosen || undefined}
        tabIndex={isChosen ? 0 : -1}
        style={{ '--share': `${Math.round(42 * best.probability)}%` } as CSSProperties}
        onPointerMove={() => !isChosen && choose()}
        onFocus={choose}
        onClick={choose}
      >
        <bdi className="lens-word">{showSpaces(best.text)}</bdi>
        <span className="tiny tabular">{formatShare(best.probability, 0)}</span>
      </button>
    </td>
  );
});
