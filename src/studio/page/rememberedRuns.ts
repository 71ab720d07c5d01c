/**
 * The words of the list of runs as they were last: they are shown until the list has been read, so that nothing moves when it
 * comes.
 */
import * as v from 'valibot';
import { counted } from '../../core/counts.ts';
import { errorInWords } from '../../core/errorSentences.ts';
import type { StoredRun, StoredRuns } from '../../steps/runs/runsCommands.ts';
import { formatCount, formatMoment, formatSize, significant } from './format.ts';

const KEY = 'folio-runs';

const listedSchema = v.object({
  note: v.string(),
  rows: v.array(v.object({ name: v.string(), figures: v.string() })),
});
export type ListedRuns = Readonly<v.InferOutput<typeof listedSchema>>;

/** The list in words. */
export function listedRuns(stored: StoredRuns): ListedRuns {
  return {
    note: noteOf(stored),
    rows: stored.runs.map((run) => ({
      name: run.name,
      figures: run.problem === null ? figuresOf(run) : errorInWords(run.problem),
    })),
  };
}

/** Keeps the words for the next visit. Browsers that keep nothing refuse: then the list moves what is below it. */
export function rememberRuns(stored: StoredRuns): void {
  try {
    if (stored.lasting) localStorage.setItem(KEY, JSON.stringify(listedRuns(stored)));
  } catch {
    // Nothing to remember with.
  }
}

/** null: there were no runs, or nothing is known of them. */
export function rememberedRuns(): ListedRuns | null {
  try {
    const { success, output } = v.safeParse(listedSchema, JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    return success && output.rows.length > 0 ? output : null;
  } catch {
    return null;
  }
}

function noteOf({ runs, lasting, freeBytes }: StoredRuns): string {
  if (!lasting) return 'This browser keeps them only while the page is open.';
  const total = formatSize(runs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const free = freeBytes === null ? '' : `; ${formatSize(freeBytes)} is free`;
  return `Kept in this browser, on this device and nowhere else: weights, tokenizer and the text they come from. They take up ${total}${free}.`;
}

/** @example "step 120 of 400 · held-out loss 4.57 · 24 Nov 2026, 14:05 · 13.4 MB · sonnets.txt" */
function figuresOf({ step, steps, heldOutLoss, savedMs, sizeBytes, sourceNames }: StoredRun): string {
  const names = sourceNames.length === 1 ? sourceNames[0] : `${formatCount(sourceNames.length)} files`;
  const loss = heldOutLoss === null ? [] : [`held-out loss ${significant(heldOutLoss, 3)}`];
  const place = step === steps ? counted(steps, 'step') : `step ${formatCount(step)} of ${formatCount(steps)}`;
  return [place, ...loss, formatMoment(savedMs), formatSize(sizeBytes), names].join(' · ');
}
