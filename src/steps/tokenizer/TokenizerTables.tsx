import { Browse } from '../../app/Browse.tsx';
import { DataTable } from '../../design/DataTable.tsx';
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
        <DataTable
          layout="fixed"
          rows={tokens}
          columns={[
            { head: 'Id', names: true, cell: ({ id }) => <code>{id}</code> },
            { head: 'Token', cell: ({ token }) => <code>{token}</code> },
            {
              head: 'As text',
              cell: ({ special, text }) => (
                <span className="book">{special ? <em className="faint">special</em> : showSpaces(text)}</span>
              ),
            },
            { head: 'Occurs', cell: ({ count }) => formatCount(count) },
          ]}
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
        <DataTable
          layout="fixed"
          rows={merges}
          columns={[
            { head: 'Order', names: true, cell: ({ rank }) => <code>{formatCount(rank + 1)}</code> },
            { head: 'Left', cell: ({ left }) => <code>{left}</code> },
            { head: 'Right', cell: ({ right }) => <code>{right}</code> },
            { head: 'Makes', cell: ({ result }) => <code>{result}</code> },
          ]}
        />
      )}
    </Browse>
  );
}
