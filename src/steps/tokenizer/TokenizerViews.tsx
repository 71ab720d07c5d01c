import { Stack, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Browse } from '../../app/Browse.tsx';
import { counted } from '../../core/counts.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { showSpaces } from '../../design/showSpaces.ts';
import { TabPanels } from '../../design/TabPanels.tsx';
import { TokenText } from '../../design/TokenText.tsx';
import { textDirection } from '../../design/textDirection.ts';
import { formatCount, significant } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { segmentWords } from '../../text/words/words.ts';
import type { EncodedToken } from './tokenizerCommands.ts';

/** Of the tokenizer: a new one is asked anew. */
type ViewProps = { readonly version: number };

/** Lines of the text that the playground begins with. */
const EXAMPLE_LINES = 2;
const LONGEST_EXAMPLE = 160;
/** What is typed is encoded whole; this many tokens are drawn. */
const MOST_SHOWN = 1500;
const TYPING_MS = 120;

function Playground({ version }: ViewProps) {
  const [typed, setText] = useState<string | null>(null);
  const first = useEngine('data.preview', typed === null ? { query: '', offset: 0, limit: 1 } : null, { version });
  const example = first.data?.items[0]?.lines.slice(0, EXAMPLE_LINES).join('\n').slice(0, LONGEST_EXAMPLE) ?? '';
  const text = typed ?? example;
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const { data, error, pending } = useEngine('tokenizer.encode', { text: settled }, { version });
  const tokens = data ?? [];
  // Tokens of the text before are never counted as those of this one.
  const [counted, setCounted] = useState('');
  const now = pending ? counted : countInWords(settled, tokens);
  if (now !== counted) setCounted(now);
  return (
    <Stack gap={20}>
      <Textarea
        label="Any text"
        description="In any language. Words that the tokenizer has not seen are split into more tokens."
        value={text}
        dir={textDirection(text)}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: 'book' }}
      />
      <ErrorNotice error={error} />
      <TokenText tokens={tokens.slice(0, MOST_SHOWN)} label="The text as tokens" />
      <p className="small soft tabular" role="status">
        {counted}
      </p>
    </Stack>
  );
}

/** @example "21 tokens for 16 words and 78 bytes: 1.31 tokens per word (fertility), 3.71 bytes per token." */
function countInWords(text: string, tokens: readonly EncodedToken[]): string {
  const ordinary = tokens.filter(({ special }) => !special).length;
  const words = segmentWords(text).length;
  const bytes = new TextEncoder().encode(text).length;
  if (ordinary === 0 || words === 0) return 'Nothing to tokenise yet.';
  const shown = tokens.length > MOST_SHOWN ? ` The first ${counted(MOST_SHOWN, 'token')} are shown.` : '';
  return (
    `${counted(ordinary, 'token')} for ${counted(words, 'word')} and ${counted(bytes, 'byte')}: ` +
    `${significant(ordinary / words, 3)} tokens per word (fertility), ${significant(bytes / ordinary, 3)} bytes per token. ` +
    `<s> and </s> mark the beginning and the end of the text.${shown}`
  );
}

const PER_PAGE = 24;

function VocabularyTable({ version }: ViewProps) {
  return (
    <Browse
      command="tokenizer.vocabulary"
      version={version}
      perPage={PER_PAGE}
      noun="tokens"
      label="Search the vocabulary"
      description="Part of a token, or an ID."
    >
      {(tokens) => (
        <DataTable
          layout="fixed"
          rows={tokens}
          columns={[
            { head: 'ID', names: true, cell: ({ id }) => <code>{id}</code> },
            { head: 'Token', cell: ({ token }) => <code>{token}</code> },
            {
              head: 'As text',
              cell: ({ special, text }) => (
                <bdi className="book">{special ? <em className="faint">special</em> : showSpaces(text)}</bdi>
              ),
            },
            { head: 'Count', cell: ({ count }) => formatCount(count) },
          ]}
        />
      )}
    </Browse>
  );
}

/** The merges in the order in which they were made: what was frequent comes first. */
function MergesTable({ version }: ViewProps) {
  return (
    <Browse
      command="tokenizer.merges"
      version={version}
      perPage={PER_PAGE}
      noun="merges"
      label="Search the merges"
      description="Part of the result. Ġ is a space."
    >
      {(merges) => (
        <DataTable
          layout="fixed"
          rows={merges}
          columns={[
            { head: 'Order', names: true, cell: ({ rank }) => <code>{formatCount(rank + 1)}</code> },
            { head: 'Left', cell: ({ left }) => <code>{left}</code> },
            { head: 'Right', cell: ({ right }) => <code>{right}</code> },
            { head: 'Result', cell: ({ result }) => <code>{result}</code> },
          ]}
        />
      )}
    </Browse>
  );
}

/** What the tokenizer does and holds, once it is trained. */
export function TokenizerViews() {
  const version = useStudio((state) => (state.tokenizer.summary === null ? null : state.tokenizer.version));
  const [tab, setTab] = useState<string | null>(null);
  if (version === null) {
    return <Empty>Once the tokenizer is trained, its vocabulary, its merges and a playground appear here.</Empty>;
  }
  return (
    <Section title="Inspect the tokenizer">
      <TabPanels
        label="Views of the tokenizer"
        chosen={tab}
        onChoose={setTab}
        panels={{
          Playground: <Playground version={version} />,
          Vocabulary: <VocabularyTable version={version} />,
          Merges: <MergesTable version={version} />,
        }}
      />
    </Section>
  );
}
