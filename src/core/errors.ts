/** The one error type of Folio. It crosses the thread as plain data; `errorSentences.ts` lists the codes and their words. */
import type { ErrorCode, ErrorDetails, PlainError } from './errorSentences.ts';

export type { ErrorCode, PlainError };

/** What went wrong, in the words of whoever threw it. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An error that a person can be told about. `message` is for developers and logs; the page shows the sentence of `code`. */
export class StudioError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StudioError';
    this.code = code;
    this.details = details;
  }

  /** @returns this error as plain data, for `postMessage`. */
  toPlain(): PlainError {
    return { code: this.code, message: this.message, details: this.details };
  }

  /** Rebuilds an error that came across the thread. */
  static fromPlain(plain: PlainError): StudioError {
    return new StudioError(plain.code, plain.message, plain.details);
  }

  /** Wraps whatever was thrown. What is not a StudioError becomes `internal` and keeps its message and cause. */
  static from(thrown: unknown): StudioError {
    if (thrown instanceof StudioError) return thrown;
    const message = messageOf(thrown);
    return new StudioError('internal', message, { reason: message }, { cause: thrown });
  }
}
