import { TextInput } from '@mantine/core';
import { usePage } from '../../app/usePage.ts';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Pager } from '../../design/Pager.tsx';
import { Verse } from '../../design/Verse.tsx';
import type { Result } from '../../studio/client.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { romanNumeral } from './romanNumeral.ts';

const PER_PAGE = 6;

/** The documents as a reader would see them, the held-out ones marked. */
export function DataDocuments() {
  const version = useStudio(({ data }) => (data.summary === null ? null : data.version));
  const isSonnets = useStudio(({ data }) => data.summary?.isSonnets ?? false);
  const { page, error, query, offset, search, turnTo } = usePage('data.preview', PER_PAGE, version);
  const noun = isSonnets ? 'sonnets' : 'documents';
  return (
    <div className="documents">
      <div className="documents-tools">
        <TextInput
          label={`Search the ${noun}`}
          type="search"
          value={query}
          onChange={(event) => search(event.currentTarget.value)}
          autoComplete="off"
        />
        {page !== null && <Pager offset={offset} limit={PER_PAGE} total={page.total} onChange={turnTo} noun={noun} />}
      </div>
      <ErrorNotice error={error} />
      {page?.total === 0 && <Empty>No line holds “{query}”.</Empty>}
      <div className="documents-list">
        {page?.items.map((document) => (
          <Document key={document.index} document={document} roman={isSonnets} />
        ))}
      </div>
    </div>
  );
}

type DocumentPreview = Result<'data.preview'>['items'][number];

function Document({ document, roman }: { readonly document: DocumentPreview; readonly roman: boolean }) {
  const number = document.index + 1;
  return (
    <article className="document" data-held-out={document.heldOut || undefined}>
      <h3 className="document-number">
        {roman ? romanNumeral(number) : number.toLocaleString('en')}
        {document.heldOut && <span className="document-mark">held out</span>}
      </h3>
      <Verse lines={document.lines} moreLines={document.moreLines} />
    </article>
  );
}
