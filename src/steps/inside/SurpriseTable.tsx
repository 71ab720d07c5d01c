import type { SurprisingWord } from '../../core/inside/textSurprise.ts';
import { formatShare, significant } from '../../studio/page/format.ts';
import { InsideTable } from './InsideTable.tsx';

/** The words of a passage in figures, in the order of the text. */
export function SurpriseTable({ words }: { readonly words: readonly SurprisingWord[] }) {
  return (
    <InsideTable
      summary="Every word as a table"
      columns={['Word', 'Tokens', 'Surprise, nats', 'First guess at each token']}
      rows={() =>
        words.map((word) => (
          <tr key={word.start}>
            <th scope="row" className="inside-piece">
              {word.text}
            </th>
            <td>{word.items.length}</td>
            <td>{significant(word.nats, 3)}</td>
            <td className="inside-reads">
              {word.items.map((item) => (
                <span key={`${item.start} ${item.nats}`}>
                  <span className="inside-piece">{item.guess.trim() || '␣'}</span>{' '}
                  {formatShare(item.guessProbability, 0)}
                </span>
              ))}
            </td>
          </tr>
        ))
      }
    />
  );
}
