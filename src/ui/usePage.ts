import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { type PlainError, StudioError } from '../core/errors.ts';
import type { Page } from '../store/types.ts';

interface PageView<T> {
  /** null until the first answer. */
  readonly page: Page<T> | null;
  readonly error: PlainError | null;
  readonly query: string;
  readonly offset: number;
  /** Searches, from the first page on. */
  readonly search: (query: string) => void;
  readonly turnTo: (offset: number) => void;
}

/** A search is sent when nothing was typed for this long. */
const TYPING_MS = 150;

/**
 * Pages of something that lies in the engine, with a search.
 * @param read stable between renders
 * @param version reads again when it changes; null: there is nothing to read yet
 */
export function usePage<T>(
  read: (query: string, offset: number, limit: number) => Promise<Page<T>>,
  limit: number,
  version: number | null,
): PageView<T> {
  const [{ query, offset }, setPlace] = useState({ query: '', offset: 0 });
  const [answer, setAnswer] = useState<{ page: Page<T> | null; error: PlainError | null }>({ page: null, error: null });
  const [settledQuery] = useDebouncedValue(query, TYPING_MS);
  useEffect(() => {
    if (version === null) return;
    let wanted = true;
    read(settledQuery, offset, limit).then(
      (page) => wanted && setAnswer({ page, error: null }),
      (thrown: unknown) => wanted && setAnswer({ page: null, error: StudioError.from(thrown).toPlain() }),
    );
    return () => {
      wanted = false;
    };
  }, [read, settledQuery, offset, limit, version]);
  return {
    ...answer,
    query,
    offset,
    search: (next) => setPlace({ query: next, offset: 0 }),
    turnTo: (next) => setPlace({ query, offset: next }),
  };
}
