/** Step 6, look inside: what was hidden in the sentence, and the passage whose surprise is measured. */
import type { PlainError } from '../../core/errors.ts';
import type { TokenSurprise } from '../../core/inside/textSurprise.ts';
import { type StudioContext, toPlainError } from '../../studio/page/context.ts';

/** The surprise of a passage, as far as it is measured. */
export interface MeasuredSurprise {
  readonly text: string;
  readonly items: readonly TokenSurprise[];
  readonly total: number;
  /** Tokens that the model saw at a time. */
  readonly context: number;
  /** Steps of the weights that measured, first and last: they differ where training went on meanwhile. */
  readonly steps: readonly [number, number];
  readonly elapsedMs: number;
}

export const NOTHING_INSIDE = {
  /** Places in the tokens of a sentence that are hidden, and which sentence. */
  hiding: { text: '', places: [] } as { readonly text: string; readonly places: readonly number[] },
  /** What was typed; null: nothing, a suggestion is shown. */
  passage: null as string | null,
  surprise: null as MeasuredSurprise | null,
  /** When the measuring under way began; null: none is. */
  measuring: null as number | null,
  surpriseError: null as PlainError | null,
};

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly inside: Readonly<typeof NOTHING_INSIDE>;
  }
  interface StudioActions extends ReturnType<typeof createInsideActions> {}
}

/** Actions of the views that look inside. */
export function createInsideActions(context: StudioContext) {
  return {
    /** Hides a token of a sentence, or shows it again. */
    toggleHidden: (text: string, place: number) => {
      const { hiding } = context.get().inside;
      const before = hiding.text === text ? hiding.places : [];
      const places = before.includes(place) ? before.filter((other) => other !== place) : [...before, place];
      context.patch('inside', { hiding: { text, places: places.toSorted((a, b) => a - b) } });
    },
    showAll: () => context.patch('inside', { hiding: NOTHING_INSIDE.hiding }),
    setPassage: (passage: string) => context.patch('inside', { passage, surpriseError: null }),
    measureSurprise: (text: string) => measure(context, text),
    cancelSurprise: () => context.patch('inside', { measuring: null }),
  };
}

/** Measures a passage a few tokens at a time, so that it shows as it goes, and training gets its turn in between. */
async function measure(context: StudioContext, text: string): Promise<void> {
  const startedMs = performance.now();
  const isMine = (): boolean => context.get().inside.measuring === startedMs;
  context.patch('inside', { passage: text, measuring: startedMs, surpriseError: null });
  try {
    let items: readonly TokenSurprise[] = [];
    let firstStep: number | null = null;
    for (let total = 1; items.length < total; ) {
      const part = await context.engine.call('inside.surprise', { text, from: items.length });
      if (!isMine()) return;
      items = [...items, ...part.items];
      total = part.items.length === 0 ? items.length : part.total;
      firstStep ??= part.step;
      const elapsedMs = performance.now() - startedMs;
      const { context: seen } = part;
      const steps = [firstStep, part.step] as const;
      context.patch('inside', { surprise: { text, items, total, context: seen, steps, elapsedMs } });
    }
  } catch (thrown) {
    if (isMine()) context.patch('inside', { surpriseError: toPlainError(thrown) });
  } finally {
    if (isMine()) context.patch('inside', { measuring: null });
  }
}
