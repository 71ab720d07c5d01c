// biome-ignore-all lint/suspicious/noArrayIndexKey: rows and columns have no identity but their place
import { Table, type TableProps } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { Disclosure } from './Disclosure.tsx';
import { saveBlob } from './saveBlob.ts';
import './dataTable.css';

export interface Column<Row> {
  readonly head: ReactNode;
  readonly sorted?: 'ascending' | 'descending' | undefined;
  readonly cell: (row: Row, place: number) => ReactNode;
  /** Its cells name their rows. */
  readonly names?: true;
  /** Its cells are figures, which stand under each other at the right. */
  readonly figures?: true;
}

interface DataTableProps<Row> extends Pick<TableProps, 'className' | 'layout' | 'maw' | 'verticalSpacing'> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Of the part that scrolls where the table is too wide, which is reached by keyboard then. */
  readonly label?: string;
  readonly caption?: string;
}

/** Hairlines between rows, and a quiet line of headings. */
export function DataTable<Row>({ columns, rows, label, caption, ...table }: DataTableProps<Row>) {
  return (
    <section className="data-table" aria-label={label} {...(label !== undefined && { tabIndex: 0 })}>
      <Table verticalSpacing={5} stickyHeader {...table}>
        {caption !== undefined && <Table.Caption>{caption}</Table.Caption>}
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ head, figures, sorted }, at) => (
              <Table.Th key={at} scope="col" data-figures={figures} aria-sort={sorted}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, place) => (
            <Table.Tr key={place}>
              {columns.map(({ cell, names, figures }, at) =>
                names ? (
                  <Table.Th key={at} scope="row" data-figures={figures}>
                    {cell(row, place)}
                  </Table.Th>
                ) : (
                  <Table.Td key={at} data-figures={figures}>
                    {cell(row, place)}
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

interface DisclosedTableProps<Row> extends Omit<DataTableProps<Row>, 'rows' | 'columns'> {
  readonly summary: string;
  /** Called once it is open: a long table costs nothing before. */
  readonly content: () => Pick<DataTableProps<Row>, 'rows' | 'columns'>;
  readonly below?: ReactNode;
}

/** What is drawn, in figures, for who asks for them; to save as CSV, too. */
export function DisclosedTable<Row>({ summary, content, below, ...table }: DisclosedTableProps<Row>) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const save = (): void => {
    const csv = tableCsv(place.current?.querySelector('table') ?? null);
    saveBlob(new Blob([csv], { type: 'text/csv' }), `${summary.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`);
  };
  return (
    <Disclosure summary={summary} onToggle={setOpen}>
      {open && (
        <div ref={place}>
          <DataTable label={summary} {...content()} {...table} />
          {below}
          <button type="button" className="link-button small" onClick={save}>
            Save as CSV
          </button>
        </div>
      )}
    </Disclosure>
  );
}

function tableCsv(table: HTMLTableElement | null): string {
  const cell = ({ textContent }: HTMLTableCellElement): string => {
    const text = textContent.trim();
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [...(table?.rows ?? [])].map((row) => `${[...row.cells].map(cell).join(',')}\n`).join('');
}
