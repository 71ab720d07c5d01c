/** How a bundle is refused: a code for what is wrong, and the file and the field that it is wrong with. */
import { type ErrorCode, StudioError } from '../../core/errors.ts';

export type BundleCode = Extract<ErrorCode, `bundle${string}`>;

/**
 * @param file path in the folder, or the name of the archive
 * @param field key, tensor or token; empty where it is the file as a whole
 * @param reason continues "… of file", such as "is missing"
 */
export function refusal(code: BundleCode, file: string, field: string, reason: string, cause?: unknown): StudioError {
  // What comes from a file may be megabytes long.
  const shown = shorten(field);
  const short = reason.length > 300 ? `${reason.slice(0, 299)}…` : reason;
  const options = cause === undefined ? undefined : { cause };
  return new StudioError(code, `${file}: ${shown} ${short}`, { file, field: shown, reason: short }, options);
}

/** Text from a file, as a sentence can hold it. */
export function shorten(text: string, longest = 80): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}

/** A value from a file, as a sentence can hold it. */
export function shown(value: unknown): string {
  return shorten(JSON.stringify(value) ?? String(value), 60);
}
