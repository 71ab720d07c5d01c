import { useState } from 'react';
import { type AttentionMap, strongest } from '../../core/inside/attention.ts';
import { formatShare } from '../../store/format.ts';
import type { EncodedToken } from '../../store/types.ts';
import { TokenPiece } from './TokenButton.tsx';
import './insideTable.css';

const SHOWN = 5;
/** Less would read 0%. */
const LEAST = 0.005;

interface AttentionTableProps {
  readonly tokens: readonly EncodedToken[];
  readonly map: AttentionMap;
  readonly signed: boolean;
}

/** The map in figures: for each token, what it reads most. */
export function AttentionTable({ tokens, map, signed }: AttentionTableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className="inside-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{signed ? 'The largest changes as a table' : 'The largest weights as a table'}</summary>
      {open && (
        <div className="inside-scroll">
          <table className="inside-table">
            <thead>
              <tr>
                <th scope="col">Position</th>
                <th scope="col">Token</th>
                <th scope="col">{signed ? 'Changed most at' : 'Reads most of'}</th>
              </tr>
            </thead>
            <tbody>
              {tokens.map((token, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
                <tr key={place}>
                  <td>{place}</td>
                  <th scope="row">
                    <TokenPiece token={token} />
                  </th>
                  <td className="inside-reads">
                    {strongest(map, place, SHOWN)
                      .filter(({ weight }) => Math.abs(weight) >= LEAST)
                      .map(({ to, weight }) => (
                        <span key={to}>
                          {tokens[to] && <TokenPiece token={tokens[to]} />} {signed && weight > 0 ? '+' : ''}
                          {formatShare(weight, 0)}
                        </span>
                      ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
