import { useState } from 'react';
import { type PlainError, StudioError } from '../../core/errors.ts';

/** Work that may fail, started by a button. @returns why the last try failed, or null; and what tries */
export function useAttempt(): [problem: PlainError | null, attempt: (work: () => Promise<void>) => void] {
  const [problem, setProblem] = useState<PlainError | null>(null);
  const attempt = (work: () => Promise<void>): void => {
    setProblem(null);
    work().catch((thrown: unknown) => setProblem(StudioError.from(thrown).toPlain()));
  };
  return [problem, attempt];
}
