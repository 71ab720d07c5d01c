import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { Browse } from '../../app/Browse.tsx';
import { showSpaces } from '../../design/showSpaces.ts';
import { formatCount } from '../../studio/page/format.ts';

const PER_PAGE = 24;

interface TableViewProps {
  /** Grows with every tokenizer. */
  readonly version: number;
}

/** Every token with its id and how often it occurs in the training share. */
export function VocabularyTable({ version }: TableViewProps) {
  return (
    <Browse
      command="tokenizer.vocabulary"
      version={version}
      perPage={PER_PAGE}
      noun="tokens"
      label="Search the vocabulary"
      description="A piece of a token, or an id."
      nothing="No token holds"
    >
      {(tokens) => (
        <Rows
          head={['Id', 'Token', 'As text', 'Occurs']}
          rows={tokens.map(({ id, token, text, count, special }) => [
            code(id),
            code(token),
            <span key="text" className="book">
              {special ? <em className="faint">special</em> : showSpaces(text)}
            </span>,
            formatCount(count),
          ])}
        />
      )}
    </Browse>
  );
}

/** The merges in the order in which they were made: what was frequent comes first. */
export function MergesTable({ version }: TableViewProps) {
  return (
    <Browse
      command="tokenizer.merges"
      version={version}
      perPage={PER_PAGE}
      noun="merges"
      label="Search the merges"
      description="A piece of what they make. Ġ is a space."
      nothing="No merge makes"
    >
      {(merges) => (
        <Rows
          head={['Order', 'Left', 'Right', 'Makes']}
          rows={merges.map(({ rank, left, right, result }) => [
            code(formatCount(rank + 1)),
            code(left),
            code(right),
            code(result),
          ])}
        />
      )}
    </Browse>
  );
}

const code = (text: ReactNode): ReactNode => <code>{text}</code>;

function Rows({ head, rows }: { readonly head: string[]; readonly rows: ReactNode[][] }) {
  return <Table layout="fixed" data={{ head, body: rows }} />;
}
