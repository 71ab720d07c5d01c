import { useState } from 'react';
import type { SurprisingWord } from '../../core/inside/surprise.ts';
import { formatShare, significant } from '../../store/format.ts';
import './insideTable.css';

/** The words of a passage in figures, in the order of the text. */
export function SurpriseTable({ words }: { readonly words: readonly SurprisingWord[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="inside-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Every word as a table</summary>
      {open && (
        <div className="inside-scroll">
          <table className="inside-table">
            <thead>
              <tr>
                <th scope="col">Word</th>
                <th scope="col">Tokens</th>
                <th scope="col">Surprise, nats</th>
                <th scope="col">First guess at each token</th>
              </tr>
            </thead>
            <tbody>
              {words.map((word) => (
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
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
