/**
 * How a bundle is refused: a code for what is wrong, and the file and the field that it is wrong with. Its JSON is checked
 * against schemas here, too.
 */
import * as v from 'valibot';
import { type ErrorCode, StudioError } from '../core/errors.ts';

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

/** Refuses one file, each time with a code. @example const refuse = refuser('bundleConfig', 'config.json') */
export function refuser(code: BundleCode, file: string) {
  return (field: string, reason: string, cause?: unknown): StudioError => refusal(code, file, field, reason, cause);
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

/** @throws StudioError with the given code */
export function parseJson(code: BundleCode, file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const isCutOff = /^\s*[[{]/.test(text) && !/[}\]]\s*$/.test(text);
    throw refusal(code, file, '', isCutOff ? 'is not JSON: it is cut off' : 'is not JSON', thrown);
  }
}

/**
 * A value as the schema describes it; unknown keys are left alone.
 * @throws StudioError with the given code, for the first field that is wrong
 */
export function check<S extends v.GenericSchema>(
  code: BundleCode,
  file: string,
  schema: S,
  value: unknown,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  const reason =
    issue.input === undefined ? 'is missing' : `is ${shown(issue.input)}, but Folio expects ${expectation(issue)}`;
  throw refusal(code, file, field, reason);
}

/** The JSON of a file as the schema describes it. @throws StudioError with the given code */
export function readJson<S extends v.GenericSchema>(
  code: BundleCode,
  file: string,
  schema: S,
  text: string,
): v.InferOutput<S> {
  return check(code, file, schema, parseJson(code, file, text));
}

/** What the schema library calls kinds of values, in words that a person knows. */
const KINDS: Readonly<Record<string, string>> = {
  Object: 'a JSON object',
  Array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'no value',
};

function expectation({ kind, expected, message }: v.BaseIssue<unknown>): string {
  if (kind === 'validation' || expected === null) return message;
  const kinds = expected.replace(/^\(|\)$/g, '').split(' | ');
  return kinds.map((one) => KINDS[one] ?? (one.replaceAll('"', '') || 'empty text')).join(' or ');
}

/** An object with any keys. As the library reads objects, it leaves out keys like "constructor", which may be tokens. */
export const table = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'a JSON object'),
  v.transform((value) => value as Readonly<Record<string, unknown>>),
);

/** A whole number of a bundle's file. */
export const whole = v.pipe(v.number('a number'), v.safeInteger('a whole number'), v.minValue(0, '0 or more'));

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MB`;
}
