/** What a chart shows, as plain data: the page, a picture and a report draw the same. */

/** Names a colour of the palette, `--data-…`, with the same meaning everywhere. */
export type LineKind = 'train' | 'heldOut' | 'reference' | 'other' | 'predicted';

/** What a line of each kind is drawn in, and named in. */
export const COLOURS: Readonly<Record<LineKind, string>> = {
  train: 'var(--data-train)',
  heldOut: 'var(--data-held-out)',
  reference: 'var(--data-reference)',
  other: 'var(--data-other)',
  predicted: 'var(--data-predicted)',
};

export interface ChartLine {
  /** Stands at its right end. */
  readonly name: string;
  readonly kind: LineKind;
  /** Ascending. */
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** The moving average of all values, drawn bold over the values, which are faint then. */
  readonly average?: ArrayLike<number>;
  /** Whether every reading is a dot: there are few. */
  readonly dots?: boolean;
  /** A reading by itself, which is told at its own step alone. */
  readonly alone?: boolean;
  /** Its last value does not stand beside its name. */
  readonly untold?: boolean;
  /** Tells lines of one colour apart, as SVG's `stroke-dasharray`. */
  readonly dash?: string;
}

/** A height that is named at its right end, such as the loss of a random guess. */
export interface ReferenceHeight {
  readonly name: string;
  readonly value: number;
}

/** A few words in the margin, at the step that they tell of. */
export interface ChartNote {
  readonly step: number;
  readonly words: string;
}

export interface Chart {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly heights: readonly ReferenceHeight[];
  readonly notes: readonly ChartNote[];
  /** Steps at which the run was saved, as marks under the axis. */
  readonly saved: readonly number[];
  /** The step of the lowest held-out loss, ringed; null: none. */
  readonly best: number | null;
  readonly format: (value: number) => string;
  /** For the axis, whose values are round. */
  readonly formatTick: (value: number) => string;
  readonly formatStep: (step: number) => string;
  /** What the horizontal axis counts. */
  readonly stepName: string;
  /** Where the heights begin: `anchored` at what the reference heights need, `zero` at 0, `values` at the lowest value. */
  readonly from: 'anchored' | 'zero' | 'values';
  readonly logY: boolean;
  /** Names of lines stand at their right ends; where there is one line, its title is enough. */
  readonly named: boolean;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What most charts do without. */
export const BARE_CHART = {
  heights: [],
  notes: [],
  saved: [],
  best: null,
  logY: false,
  named: false,
} as const satisfies Partial<Chart>;
