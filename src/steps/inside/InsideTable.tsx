import { type ReactNode, useState } from 'react';
import './insideTable.css';

interface InsideTableProps {
  readonly summary: string;
  readonly columns: readonly string[];
  /** Called once it is open: a long table costs nothing before. */
  readonly rows: () => ReactNode;
  /** What stands under the table. */
  readonly below?: ReactNode;
}

/** What a view draws, in figures, for who asks for them. */
export function InsideTable({ summary, columns, rows, below }: InsideTableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className="inside-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {open && (
        <div className="inside-scroll">
          <table className="inside-table">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{rows()}</tbody>
          </table>
          {below}
        </div>
      )}
    </details>
  );
}
