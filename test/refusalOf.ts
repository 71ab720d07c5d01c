import { StudioError } from '../src/core/errors.ts';

/** What something was refused with; null where it was not. */
export function refusalOf(promise: Promise<unknown>): Promise<StudioError | null> {
  return promise.then(
    () => null,
    (thrown: unknown) => StudioError.from(thrown),
  );
}
