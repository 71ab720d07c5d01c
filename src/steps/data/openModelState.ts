/** A model that was made elsewhere, or exported before: opened, it takes the place of a trained one. */
import type { BundleOrigin } from '../../files/bundleSource.ts';
import { folderName } from '../../files/folderName.ts';
import type { Result } from '../../studio/client.ts';
import { askFirst, runStep, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { formatCount, formatLarge } from '../../studio/page/format.ts';
import { completeStep, type StepName, type Steps } from '../../studio/page/steps.ts';
import { NOTHING_INSIDE } from '../inside/insideState.ts';
import { drawBatch } from '../pipeline/pipelineState.ts';
import { EMPTY_TEST } from '../test/testState.ts';
import type { TokenizerSummary } from '../tokenizer/tokenizerCommands.ts';
import { EMPTY_TRAIN } from '../train/trainState.ts';

type OpenedModel = Result<'model.open'>;

export interface OpenedSlice {
  /** null: the weights are drawn here, from the seed. */
  readonly model: OpenedModel | null;
}

export const NOTHING_OPENED: OpenedSlice = { model: null };

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly openedModel: OpenedSlice;
  }
  interface StudioActions extends ReturnType<typeof createOpenModelActions> {}
}

/** Whether the settings still describe the opened model. */
export function isOfOpenedSizes(opened: OpenedModel, model: OpenedModel['config']['model']): boolean {
  const { initialization: _a, initializerRange: _b, ...sizes } = opened.config.model;
  return Object.entries(sizes).every(([field, value]) => model[field as keyof typeof model] === value);
}

async function openModel(context: StudioContext, origin: BundleOrigin): Promise<void> {
  const opened = await runStep(context, 'data', () => context.engine.call('model.open', { origin }));
  if (opened === null) return;
  const { config, train, exportBundle, model } = context.get();
  context.set({
    openedModel: { model: opened },
    config: { ...opened.config, data: config.data },
    test: EMPTY_TEST,
    inside: NOTHING_INSIDE,
    model: { ...model, summary: { ...opened, sizeBytes: 4 * opened.parameters } },
    exportBundle: { ...exportBundle, name: folderName(opened.name.replace(/\.zip$/i, '')), written: null },
  });
  const state = { ...EMPTY_TRAIN.state, step: opened.step ?? 0 };
  context.patch('train', { ...EMPTY_TRAIN, state, runs: train.runs, version: train.version + 1, hasModel: true });
  showOpened(context, opened, opened.tokens);
  if (opened.tokens !== null) await drawBatch(context);
  showOpened(context, opened, null);
}

/** The steps from Tokenizer to Train say that they were opened. */
function showOpened(context: StudioContext, opened: OpenedModel, tokens: TokenizerSummary | null): void {
  const { tokenizer } = context.get();
  if (tokens !== null) {
    context.patch('tokenizer', { summary: tokens, progress: null, cancelled: false, version: tokenizer.version + 1 });
  }
  const from = opened.step === null ? opened.name : `${opened.name}, ${formatCount(opened.step)} steps`;
  const lines: readonly (readonly [StepName, string])[] = [
    ['tokenizer', `opened, ${formatCount(opened.vocabSize)} tokens`],
    ['model', `opened, ${formatLarge(opened.parameters)} parameters`],
    ['train', `opened: ${from}`],
  ];
  let { steps }: { steps: Steps } = context.get();
  for (const [step, line] of lines) steps = { ...steps, [step]: { result: 'fresh', busy: false, error: null, line } };
  context.set({ steps });
}

/** After another text was loaded: reads it with the opened tokenizer, so that the opened model can be trained on it. */
export async function readTextWithOpened(context: StudioContext): Promise<void> {
  const opened = context.get().openedModel.model;
  if (opened === null) return;
  try {
    const tokens = await context.engine.call('tokenizer.adopt');
    showOpened(context, opened, tokens);
    await drawBatch(context);
    showOpened(context, opened, null);
  } catch (thrown) {
    context.patchStep('tokenizer', { error: toPlainError(thrown) });
  }
}

/** Actions around opened models. */
export function createOpenModelActions(context: StudioContext) {
  return {
    /** Opens a model's folder or zip; asks first if a trained model would be replaced. */
    openModel: (origin: BundleOrigin) => askFirst(context, 'tokenizer', () => void openModel(context, origin)),
    /** Goes on with the opened weights after settings changed; they have to be of its sizes. */
    keepOpenedWeights: () => {
      const opened = context.get().openedModel.model;
      if (opened === null) return;
      const line = `opened, ${formatLarge(opened.parameters)} parameters`;
      context.set({ steps: completeStep(context.get().steps, 'model', line) });
    },
  };
}
