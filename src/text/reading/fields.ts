/** Which of a file's columns, fields or elements is the text: the one with the most prose. */
import { StudioError } from '../../core/errors.ts';
import { type Field, unknownChoice } from './reading.ts';

/** What people call the text, and what they call what is none. */
const TEXT_NAME =
  /(^|[^a-z])(text|texts|texte|texto|testo|tekst|content|contents|body|sentence|sentences|verse|verses|line|lines|poem|paragraph|paragraphs|lyrics|document|article|story|message|comment|review|utterance|inhalt|satz|vers|zeile|context|output|response|description|summary|p|l|seg)$/i;
const OTHER_NAME =
  /(^|[^a-z])(id|ids|nr|no|num|number|index|url|uri|link|href|date|time|timestamp|author|title|titel|name|label|tag|tags|lang|language|source|license|html|path|file|filename|speaker|role|category|key|hash|md5|sha\d*)$/i;
/** Values that a field is judged by. */
export const JUDGED = 200;
const EXAMPLE_LENGTH = 60;

/** A field with some of its values. */
export interface FieldValues {
  readonly name: string;
  readonly values: readonly string[];
  /** How many values there are, if not all are among `values`. */
  readonly count?: number;
}

/** Fields out of the pieces of text that have their name. */
export function fieldsOf<T>(pieces: ReadonlyMap<string, readonly T[]>, textOf: (piece: T) => string): FieldValues[] {
  return [...pieces].map(([name, own]) => ({ name, values: own.slice(0, JUDGED).map(textOf), count: own.length }));
}

/**
 * The field that is the text: the one that was chosen, or the one with the most prose.
 * @param chosen a field's name, or its number from 1
 * @returns it, what a result says of the fields, and a sentence about the others, empty where there are none
 * @throws StudioError `dataChoice` where there is no such field
 */
export function chooseField<F extends FieldValues>(all: readonly F[], chosen: string | undefined, file: string) {
  const field = findField(all, chosen, file);
  const fields = all.map(({ name, values }): Field => ({ name, example: example(values) }));
  const others = otherNames(all, field.name);
  return { field, said: { field: field.name, fields }, leftOut: others === '' ? '' : ` Left out: ${others}.` };
}

function findField<F extends FieldValues>(all: readonly F[], chosen: string | undefined, file: string): F {
  if (chosen !== undefined && chosen !== '') {
    const wanted = chosen.trim().toLowerCase();
    const found =
      all.find(({ name }) => name === chosen) ??
      all.find(({ name }) => name.toLowerCase() === wanted) ??
      all.find(({ name }) => name.toLowerCase().split('.').at(-1) === wanted) ??
      (/^\d+$/.test(wanted) ? all[Number(wanted) - 1] : undefined);
    if (found !== undefined) return found;
    throw unknownChoice(
      file,
      'column or field',
      chosen,
      all.map(({ name }) => name),
    );
  }
  let best = all[0];
  if (best === undefined)
    throw new StudioError('dataFormat', 'no field', { name: file, format: 'text', reason: 'it contains no text' });
  for (const field of all) if (prose(field) > prose(best)) best = field;
  return best;
}

/** How much prose a field holds. */
function prose({ name, values, count = values.length }: FieldValues): number {
  const held = values.filter((value) => value.trim() !== '');
  if (held.length === 0) return 0;
  const letters = held.reduce((sum, value) => sum + (value.match(/\p{L}/gu)?.length ?? 0), 0);
  const sentences = held.filter(isProse).length / held.length;
  const distinct = new Set(held).size / held.length;
  const called = TEXT_NAME.test(name) ? 2 : OTHER_NAME.test(name) ? 0.3 : 1;
  return letters * (count / values.length) * (0.1 + sentences) * (0.2 + distinct) * called;
}

/** Three words or more, or as many characters of a script without spaces; no address and no number. */
function isProse(value: string): boolean {
  if (/^\s*(https?:|www\.|[\w.+-]+@|[/\\]|[\d\s.,:;/+-]+$)/i.test(value)) return false;
  return (
    /\p{L}+\P{L}+\p{L}+\P{L}+\p{L}/u.test(value) ||
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Thai}\p{sc=Khmer}\p{sc=Lao}]{6}/u.test(value)
  );
}

function example(values: readonly string[]): string {
  const line = (values.find((value) => value.trim() !== '') ?? '').trim().replaceAll(/\s+/g, ' ');
  return line.length > EXAMPLE_LENGTH ? `${line.slice(0, EXAMPLE_LENGTH - 1)}…` : line;
}

/** The names of the others, for a sentence; at most five. */
function otherNames(all: readonly FieldValues[], chosen: string): string {
  const names = all.map(({ name }) => name).filter((name) => name !== chosen);
  const shown = names.slice(0, 5).map((name) => `“${name}”`);
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}
