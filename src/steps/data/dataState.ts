/** Step 1: which text is loaded, and which of its documents are held out. */
import { askFirst, runStep, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { plural } from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { RepairName } from '../../text/check/finding.ts';
import type { CorpusSummary, DataSource } from './dataCommands.ts';
import { readTextWithOpened } from './openModelState.ts';

export interface DataSlice {
  readonly summary: CorpusSummary | null;
  /** Grows with every load and split, so that views of the text know when to read again. */
  readonly version: number;
}

export const EMPTY_DATA: DataSlice = { summary: null, version: 0 };

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly data: DataSlice;
  }
  interface StudioActions extends ReturnType<typeof createDataActions> {}
}

/** Loads a text. A text that can't be read leaves the one before in place. @returns whether it was loaded */
export async function loadText(context: StudioContext, source: DataSource): Promise<boolean> {
  const summary = await runStep(context, 'data', () =>
    context.engine.call('data.load', { source, config: context.get().config.data }),
  );
  if (summary) await acceptText(context, summary);
  return summary !== null;
}

/** Repairs the text. Where that leaves too little, it stays as it is. */
async function repairText(context: StudioContext, names: readonly RepairName[]): Promise<void> {
  const summary = await runStep(context, 'data', () => context.engine.call('data.repair', { names }));
  if (summary) await acceptText(context, summary);
}

/** Draws the held-out documents anew; with impossible settings it waits for better ones. */
export async function splitText(context: StudioContext): Promise<void> {
  const { config, data, steps } = context.get();
  if (data.summary === null || steps.data.busy || firstProblem(config, ['data']) !== null) return;
  try {
    const summary = await context.engine.call('data.split', { config: config.data });
    await acceptText(context, summary);
  } catch (thrown) {
    context.patchStep('data', { error: toPlainError(thrown) });
  }
}

async function acceptText(context: StudioContext, summary: CorpusSummary): Promise<void> {
  const { data, steps } = context.get();
  context.set({
    data: { summary, version: data.version + 1 },
    steps: completeStep(steps, 'data', describeText(summary)),
  });
  await readTextWithOpened(context);
}

/** @example "2,155 lines, 154 sonnets" */
export function describeText(summary: CorpusSummary): string {
  const { documents, samples, isSonnets } = summary;
  return `${plural(documents, isSonnets ? 'sonnet' : 'document')}, ${plural(samples, 'line')}`;
}

/** Actions of the Data step. */
export function createDataActions(context: StudioContext) {
  return {
    /** Loads a text in place of the one before; asks first if a trained model would be out of date. */
    loadData: (source: DataSource) => askFirst(context, 'data', () => void loadText(context, source)),
    /** Makes these repairs of the text and takes back all others; asks first if a trained model would be out of date. */
    repairData: (names: readonly RepairName[]) => askFirst(context, 'data', () => void repairText(context, names)),
  };
}
