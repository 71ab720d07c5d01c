/** What a row of the table of settings says, and the kinds of rows that there are. */

/** What a preset has of its own; rows may take their default from it. */
export interface PresetSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly seqLength: number;
  readonly batchSize: number;
}

/** From so many letters on the default's size overfits little; between the two sizes of text that were measured. */
export const LONG_TEXT = 300_000;

/** Headings of docs/LEARNING.md. */
export const SECTIONS = [
  'In Folio itself',
  'Words',
  'Longer texts',
  'Vocabulary',
  'Baselines on the same masks',
  'Runs',
  'Why it works',
  'Robustness',
  'What is not shown',
] as const;
type Section = (typeof SECTIONS)[number];

interface Words<T> {
  /** What it does, in a sentence or two. */
  readonly help?: string;
  /** What is behind the default, as words that follow "Default …: "; without a section other values were not compared. */
  readonly why: string | readonly [section: Section, words: string];
  /** Its option of the command line, where that is not its key with hyphens; null: it has none. */
  readonly flag?: string | null;
  /** Its value in the notebook's recipe, where that is not the default. */
  readonly notebook?: T;
  /** What runs did that were stored before the setting existed, where that is not the default. */
  readonly before?: T;
  /** It follows from another one where only that is given: which, how, and the same in words. */
  readonly follows?: readonly [source: string, rule: (value: number) => number, words: string];
  /** Where it is not given, the command line takes it from the size of the text. */
  readonly fromText?: true;
  /** Its value for texts of {@link LONG_TEXT} letters or more, where that is not the default. */
  readonly longText?: T;
  /** It has no field on the page. */
  readonly noField?: true;
  /** Its field stands behind "More". */
  readonly more?: true;
  /** Its field stands in the form of another part. */
  readonly form?: 'model';
  /** 0 switches it off. */
  readonly offAtZero?: true;
  /** Nothing that is learned depends on it. */
  readonly withoutEffect?: true;
}

/** How much the arrow keys change a number; a function of the value for scales that are not linear. */
type ArrowStep = number | ((value: number) => number);

export interface NumberSetting extends Words<number> {
  readonly kind: 'whole' | 'share' | 'number';
  /** The field's standard term: "Masking rate". */
  readonly term: string;
  /** null: as it follows. */
  readonly default: number | ((sizes: PresetSizes) => number) | null;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: ArrowStep;
}

export interface ChoiceSetting<T extends string> extends Words<T> {
  readonly kind: 'choice';
  readonly term: string;
  readonly default: T;
  /** What each value is called, and what it does. */
  readonly options: Readonly<Record<string, readonly [label: string, help: string]>>;
}

export type Setting = NumberSetting | ChoiceSetting<string>;

const numeric =
  (kind: NumberSetting['kind']) =>
  (
    term: string,
    usual: NumberSetting['default'],
    [minimum, maximum, step = 1]: readonly [minimum: number, maximum: number, step?: ArrowStep],
    words: Words<number>,
  ): NumberSetting => ({ kind, term, default: usual, minimum, maximum, step, ...words });

/** Rows of numbers: term, default, limits and step, words. */
export const whole = numeric('whole');
export const share = numeric('share');
export const number = numeric('number');

/** A row of one of a few values: term, default, words. */
export const choice = <T extends string>(
  term: string,
  usual: NoInfer<T>,
  words: Words<NoInfer<T>> & { readonly options: Readonly<Record<T, readonly [label: string, help: string]>> },
): ChoiceSetting<T> => ({ kind: 'choice', term, default: usual, ...words });
