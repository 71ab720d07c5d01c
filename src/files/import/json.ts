/** JSON from a bundle, checked against a schema; what is wrong is told by file and field. */
import * as v from 'valibot';
import { type BundleCode, refusal, shown } from './refusals.ts';

/** @throws StudioError with the given code */
export function parseJson(code: BundleCode, file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw refusal(code, file, '', 'is not JSON', thrown);
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
    issue.input === undefined ? 'is missing' : `is ${shown(issue.input)}, and Folio reads ${expectation(issue)}`;
  throw refusal(code, file, field, reason);
}

function expectation({ kind, expected, message }: v.BaseIssue<unknown>): string {
  if (kind === 'validation' || expected === null) return message;
  return expected === 'null' ? 'models without it' : `${expected.replaceAll('"', '')} there`;
}
