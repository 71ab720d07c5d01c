import { TextInput } from '@mantine/core';
import { usePage } from '../../app/usePage.ts';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Pager } from '../../design/Pager.tsx';
import { formatCount } from '../../studio/page/format.ts';

const PER_PAGE = 24;

/** The merges in the order in which they were made: what was frequent comes first. */
export function TokenizerMerges({ version }: { readonly version: number }) {
  const { page, error, query, offset, search, turnTo } = usePage('tokenizer.merges', PER_PAGE, version);
  return (
    <div className="browser">
      <div className="browser-tools">
        <TextInput
          label="Search the merges"
          description="A piece of what they make. Ġ is a space."
          type="search"
          value={query}
          onChange={(event) => search(event.currentTarget.value)}
          autoComplete="off"
        />
        {page !== null && <Pager offset={offset} limit={PER_PAGE} total={page.total} onChange={turnTo} noun="merges" />}
      </div>
      <ErrorNotice error={error} />
      {page?.total === 0 && <Empty>No merge makes “{query}”.</Empty>}
      {page !== null && page.total > 0 && (
        <table className="browser-table">
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col">Left</th>
              <th scope="col">Right</th>
              <th scope="col">Makes</th>
            </tr>
          </thead>
          <tbody>
            {page.items.map(({ rank, left, right, result }) => (
              <tr key={rank}>
                <td className="mono">{formatCount(rank + 1)}</td>
                <td className="mono">{left}</td>
                <td className="mono">{right}</td>
                <td className="mono">{result}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
