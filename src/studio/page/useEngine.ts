import { useEffect, useRef, useState } from 'react';
import { type PlainError, StudioError } from '../../core/errors.ts';
import type { Command, Params, Result } from '../client.ts';
import { currentEngine } from './useStudio.ts';

interface Asking {
  /** Changes that follow each other faster than this, in ms, are asked about once they have stopped. */
  readonly debounceMs?: number;
  /** The engine is asked again when it changes: other weights, another text. Its JSON is compared. */
  readonly version?: unknown;
}

export interface Answered<C extends Command> {
  /** The latest answer, which stays until the next one; null before the first, and while nothing is asked. */
  readonly data: Result<C> | null;
  /** Why the latest question could not be answered; null: it was. */
  readonly error: PlainError | null;
  /** Whether the answer to the latest question is still to come. */
  readonly pending: boolean;
}

/**
 * Asks the engine, and asks again when the parameters change. Answers to questions before the latest are dropped.
 *
 *     const { data, error, pending } = useEngine('inside.neighbours', { id, count });
 *
 * @param params compared by their JSON; null: nothing is asked
 */
export function useEngine<C extends Command>(
  command: C,
  params: Params<C> | null,
  { debounceMs = 0, version }: Asking = {},
): Answered<C> {
  const question = params === null ? null : JSON.stringify([command, params, version]);
  const [answer, setAnswer] = useState<{ to: string | null; data: Result<C> | null; error: PlainError | null }>(NONE);
  const changedMs = useRef(Number.NEGATIVE_INFINITY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is command, parameters and version
  useEffect(() => {
    if (question === null) return setAnswer(NONE);
    let wanted = true;
    const ask = async (): Promise<void> => {
      try {
        // The types of a command that is not known yet can't be put together.
        const data = await (currentEngine().call as (...call: unknown[]) => Promise<Result<C>>)(command, params);
        if (wanted) setAnswer({ to: question, data, error: null });
      } catch (thrown) {
        const error = StudioError.from(thrown).toPlain();
        if (wanted) setAnswer(({ data }) => ({ to: question, data, error }));
      }
    };
    const isFast = performance.now() - changedMs.current < debounceMs;
    changedMs.current = performance.now();
    const timer = isFast ? setTimeout(ask, debounceMs) : void ask();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [question, debounceMs]);
  const { to, data, error } = answer;
  return { data, error, pending: to !== question };
}

const NONE = { to: null, data: null, error: null };
