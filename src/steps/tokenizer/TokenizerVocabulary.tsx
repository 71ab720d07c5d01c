import { TextInput } from '@mantine/core';
import { usePage } from '../../app/usePage.ts';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Pager } from '../../design/Pager.tsx';
import { showSpaces } from '../../design/showSpaces.ts';
import { formatCount } from '../../studio/page/format.ts';

const PER_PAGE = 24;

/** Every token with its id and how often it occurs in the training share. */
export function TokenizerVocabulary({ version }: { readonly version: number }) {
  const { page, error, query, offset, search, turnTo } = usePage('tokenizer.vocabulary', PER_PAGE, version);
  return (
    <div className="browser">
      <div className="browser-tools">
        <TextInput
          label="Search the vocabulary"
          description="A piece of a token, or an id."
          type="search"
          value={query}
          onChange={(event) => search(event.currentTarget.value)}
          autoComplete="off"
        />
        {page !== null && <Pager offset={offset} limit={PER_PAGE} total={page.total} onChange={turnTo} noun="tokens" />}
      </div>
      <ErrorNotice error={error} />
      {page?.total === 0 && <Empty>No token holds “{query}”.</Empty>}
      {page !== null && page.total > 0 && (
        <table className="browser-table">
          <thead>
            <tr>
              <th scope="col">Id</th>
              <th scope="col">Token</th>
              <th scope="col">As text</th>
              <th scope="col">Occurs</th>
            </tr>
          </thead>
          <tbody>
            {page.items.map(({ id, token, text, count, special }) => (
              <tr key={id} data-special={special || undefined}>
                <td className="mono">{id}</td>
                <td className="mono">{token}</td>
                <td className="browser-text">{special ? 'special' : showSpaces(text)}</td>
                <td>{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
