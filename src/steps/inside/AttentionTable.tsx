import { type AttentionMap, strongest } from '../../core/inside/attentionMaps.ts';
import { formatShare } from '../../studio/page/format.ts';
import type { EncodedToken } from '../tokenizer/tokenizerCommands.ts';
import { InsideTable } from './InsideTable.tsx';
import { TokenPiece } from './TokenButton.tsx';

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
  return (
    <InsideTable
      summary={signed ? 'The largest changes as a table' : 'The largest weights as a table'}
      columns={['Position', 'Token', signed ? 'Changed most at' : 'Reads most of']}
      rows={() =>
        tokens.map((token, place) => (
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
        ))
      }
    />
  );
}
