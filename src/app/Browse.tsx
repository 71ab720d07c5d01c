import { Group, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Empty, ErrorNotice } from '../design/Notices.tsx';
import { Pager } from '../design/Pager.tsx';
import { textDirection } from '../design/textDirection.ts';
import type { Command, Params, Result } from '../studio/client.ts';
import { useEngine } from '../studio/page/useEngine.ts';

type PageCommand = { [C in Command]: Params<C> extends { query: string; offset: number } ? C : never }[Command];

const TYPING_MS = 150;

interface BrowseProps<C extends PageCommand> {
  readonly command: C;
  /** Reads again when it changes; null: there is nothing to read yet. */
  readonly version: number | null;
  readonly perPage: number;
  /** What is paged through, in the plural: "tokens". */
  readonly noun: string;
  readonly label: string;
  readonly description?: string;
  readonly children: (items: Result<C>['items']) => ReactNode;
}

/** Pages of something that lies in the engine, with a search. */
export function Browse<C extends PageCommand>(props: BrowseProps<C>) {
  const { command, version, perPage: limit, noun, label, description, children } = props;
  const [{ query, offset }, setPlace] = useState({ query: '', offset: 0 });
  const params = version === null ? null : ({ query, offset, limit } as Params<C>);
  const { data, error } = useEngine(command, params, { debounceMs: TYPING_MS, version });
  const page = error === null ? data : null;
  const turnTo = (next: number): void => setPlace({ query, offset: next });
  return (
    <Stack gap={20}>
      <Group justify="space-between" align="flex-end" gap="12px 24px">
        <TextInput
          label={label}
          description={description}
          descriptionProps={{ mt: -2, mb: 6 }}
          inputWrapperOrder={['label', 'description', 'input']}
          type="search"
          dir={textDirection(query)}
          value={query}
          onChange={(event) => setPlace({ query: event.currentTarget.value, offset: 0 })}
        />
        {page !== null && <Pager offset={offset} limit={limit} total={page.total} onChange={turnTo} noun={noun} />}
      </Group>
      <ErrorNotice error={error} />
      {page?.total === 0 && (
        <Empty>
          No matching {noun}: “<bdi>{query}</bdi>”.
        </Empty>
      )}
      {page !== null && page.total > 0 && children(page.items)}
    </Stack>
  );
}
