/** Step 1: which text is loaded, and which of its documents are held out. */

import { counted } from '../../core/counts.ts';
import { askFirst, runStep, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { withSuggestions } from '../../studio/page/presets.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { RepairName } from '../../text/check/finding.ts';
import type { ReadingChoice } from '../../text/reading/reading.ts';
import type { CorpusSummary, DataSource, ReadingChoices } from './dataCommands.ts';
import { readTextWithOpened } from './openModelState.ts';

export const EMPTY_DATA = {
  summary: null as CorpusSummary | null,
  /** Grows with every load and split, so that views of the text know when to read again. */
  version: 0,
  /** Where the text came from, so that it can be read in another way; null where a run was opened. */
  source: null as DataSource | null,
  /** What the person chose for its files in place of what was recognised. */
  choices: {} as ReadingChoices,
};
type DataSlice = Readonly<typeof EMPTY_DATA>;

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly data: DataSlice;
  }
  interface StudioActions extends ReturnType<typeof createDataActions> {}
}

/**
 * Loads a text. A text that can't be read leaves the one before in place.
 * @param choices how its files are to be read
 * @returns whether it was loaded
 */
export async function loadText(
  context: StudioContext,
  source: DataSource,
  choices: ReadingChoices = {},
): Promise<boolean> {
  const summary = await runStep(context, 'data', () =>
    context.engine.call('data.load', { source, config: context.get().config.data, choices }),
  );
  if (summary === null) return false;
  followText(context, summary);
  await acceptText(context, summary, { source, choices });
  return true;
}

function followText({ get, set }: StudioContext, summary: CorpusSummary): void {
  const { config, data } = get();
  set({ config: withSuggestions(config, summary, data.summary) });
}

/**
 * Loads a text in place of the one before. Where a trained model would be out of date it asks, and only once the text was
 * read and found good.
 */
async function replaceText(context: StudioContext, source: DataSource, choices: ReadingChoices = {}): Promise<void> {
  if (context.get().steps.train.result === 'fresh') {
    const { config } = context.get();
    const good = await runStep(context, 'data', () =>
      context.engine.call('data.load', { source, config: config.data, choices, onlyRead: true }),
    );
    if (good === null) return;
  }
  askFirst(context, 'data', () => void loadText(context, source, choices));
}

async function repairText(context: StudioContext, names: readonly RepairName[]): Promise<void> {
  const summary = await runStep(context, 'data', () => context.engine.call('data.repair', { names }));
  if (summary === null) return;
  followText(context, summary);
  await acceptText(context, summary, context.get().data);
}

/** Draws the held-out documents anew; with impossible settings it waits for better ones. */
export async function splitText(context: StudioContext): Promise<void> {
  const { config, data, steps } = context.get();
  if (data.summary === null || steps.data.busy || firstProblem(config, 'data') !== null) return;
  try {
    const summary = await context.engine.call('data.split', { config: config.data });
    await acceptText(context, summary, data);
  } catch (thrown) {
    context.patchStep('data', { error: toPlainError(thrown) });
  }
}

async function acceptText(
  context: StudioContext,
  summary: CorpusSummary,
  { source, choices }: Pick<DataSlice, 'source' | 'choices'>,
): Promise<void> {
  const { data, steps } = context.get();
  context.set({
    data: { summary, version: data.version + 1, source, choices },
    steps: completeStep(steps, 'data', describeText(summary)),
  });
  await readTextWithOpened(context);
}

/** @example "2,155 lines, 154 sonnets" */
export function describeText(summary: CorpusSummary): string {
  const { documents, samples, isSonnets } = summary;
  return `${counted(documents, isSonnets ? 'sonnet' : 'document')}, ${counted(samples, 'line')}`;
}

/** Actions of the Data step. */
export function createDataActions(context: StudioContext) {
  return {
    loadData: (source: DataSource) => void replaceText(context, source),
    /** Makes these repairs of the text and takes back all others; asks first if a trained model would be out of date. */
    repairData: (names: readonly RepairName[]) => askFirst(context, 'data', () => void repairText(context, names)),
    /** Reads the loaded text again, one of its files in another way. */
    readDataAs: (name: string, choice: ReadingChoice) => {
      const { source, choices } = context.get().data;
      if (source === null) return;
      const chosen = { ...choices, [name]: { ...choices[name], ...choice } };
      void replaceText(context, source, chosen);
    },
  };
}
