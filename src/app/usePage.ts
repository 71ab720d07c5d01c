import { useState } from 'react';
import type { Command, Params } from '../studio/client.ts';
import { useEngine } from '../studio/page/useEngine.ts';

type PageCommand = { [C in Command]: Params<C> extends { query: string; offset: number } ? C : never }[Command];

/** A search is sent when nothing was typed for this long. */
const TYPING_MS = 150;

/**
 * Pages of something that lies in the engine, with a search.
 * @param version reads again when it changes; null: there is nothing to read yet
 */
export function usePage<C extends PageCommand>(command: C, limit: number, version: number | null) {
  const [{ query, offset }, setPlace] = useState({ query: '', offset: 0 });
  const params = version === null ? null : ({ query, offset, limit } as Params<C>);
  const { data, error } = useEngine(command, params, { debounceMs: TYPING_MS, version });
  return {
    /** null until the first answer. */
    page: error === null ? data : null,
    error,
    query,
    offset,
    /** Searches, from the first page on. */
    search: (next: string) => setPlace({ query: next, offset: 0 }),
    turnTo: (next: number) => setPlace({ query, offset: next }),
  };
}
