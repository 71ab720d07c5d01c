/** A model that was made elsewhere, or exported before: opened, it takes the place of a trained one. */
import { counted } from '../../core/counts.ts';
import type { ErrorCode, PlainError } from '../../core/errors.ts';
import type { BundleOrigin } from '../../files/bundleSource.ts';
import { folderName } from '../../files/folderName.ts';
import type { Accepted } from '../../files/readBundle.ts';
import type { Result } from '../../studio/client.ts';
import { askFirst, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { formatCount, formatLarge } from '../../studio/page/format.ts';
import { completeStep, type StepName, type Steps } from '../../studio/page/steps.ts';
import { NOTHING_INSIDE } from '../inside/insideState.ts';
import { drawBatch } from '../pipeline/pipelineState.ts';
import { EMPTY_TEST } from '../test/testState.ts';
import type { TokenizerSummary } from '../tokenizer/tokenizerCommands.ts';
import { EMPTY_TRAIN } from '../train/trainState.ts';

/** Archives that Folio opens, for the browser's choice of files. */
export const ARCHIVES = '.zip,.tar,.tgz,.tar.gz,.gz,application/zip,application/gzip,application/x-tar';

type OpenedModel = Result<'model.open'>;

/** A model that was not opened, and what it takes to try it again with something said yes to. */
interface RefusedModel {
  readonly error: PlainError;
  readonly origin: BundleOrigin;
  readonly accepted: Accepted;
}

export const NOTHING_OPENED = {
  /** null: the weights are drawn here, from the seed. */
  model: null as OpenedModel | null,
  /** What was tried last, if it failed. */
  refused: null as RefusedModel | null,
};

/** What a person can say yes to after a refusal, by its code. */
const OFFERS: Readonly<Partial<Record<ErrorCode, { readonly label: string; readonly accepted: Accepted }>>> = {
  bundleChecksum: { label: 'Open unverified', accepted: { unverified: true } },
  bundleNoHead: { label: 'Open with a new head', accepted: { newHead: true } },
};

/** @returns null where nothing helps but another file */
export const offerAfter = ({ code }: PlainError) => OFFERS[code] ?? null;

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly openedModel: Readonly<typeof NOTHING_OPENED>;
  }
  interface StudioActions extends ReturnType<typeof createOpenModelActions> {}
}

/** Whether the settings still describe the opened model. */
export function isOfOpenedSizes(opened: OpenedModel, model: OpenedModel['config']['model']): boolean {
  const { initialization: _a, initializerRange: _b, ...sizes } = opened.config.model;
  return Object.entries(sizes).every(([field, value]) => model[field as keyof typeof model] === value);
}

async function openModel(context: StudioContext, origin: BundleOrigin, accepted: Accepted): Promise<void> {
  const opened = await tryToOpen(context, origin, accepted);
  if (opened === null) return;
  const { config, train, exportBundle, model } = context.get();
  context.set({
    openedModel: { model: opened, refused: null },
    config: { ...opened.config, data: config.data },
    test: EMPTY_TEST,
    inside: NOTHING_INSIDE,
    model: { ...model, summary: { ...opened, sizeBytes: 4 * opened.parameters } },
    exportBundle: {
      ...exportBundle,
      name: folderName(opened.name.replace(/\.(zip|tar|tar\.gz|tgz)$/i, '')),
      written: null,
    },
  });
  const state = { ...EMPTY_TRAIN.state, step: opened.step ?? 0 };
  context.patch('train', { ...EMPTY_TRAIN, state, runs: train.runs, version: train.version + 1, hasModel: true });
  await showOpened(context, opened, opened.tokens);
}

/** What goes wrong is shown where models are opened: the text above is as good as before. */
async function tryToOpen(
  context: StudioContext,
  origin: BundleOrigin,
  accepted: Accepted,
): Promise<OpenedModel | null> {
  context.patch('openedModel', { refused: null });
  context.patchStep('data', { busy: true });
  try {
    return await context.engine.call('model.open', { origin, accepted });
  } catch (thrown) {
    context.patch('openedModel', { refused: { error: toPlainError(thrown), origin, accepted } });
    return null;
  } finally {
    context.patchStep('data', { busy: false });
  }
}

/** The steps from Tokenizer to Train say that they were opened. @param tokens of the loaded text; null: there is none */
async function showOpened(context: StudioContext, opened: OpenedModel, tokens: TokenizerSummary | null): Promise<void> {
  markOpened(context, opened);
  if (tokens === null) return;
  const { version } = context.get().tokenizer;
  context.patch('tokenizer', { summary: tokens, progress: null, cancelled: false, version: version + 1 });
  await drawBatch(context);
  // The batch has made the steps after it out of date.
  markOpened(context, opened);
}

function markOpened(context: StudioContext, opened: OpenedModel): void {
  const from = opened.step === null ? opened.name : `${opened.name}, ${counted(opened.step, 'step')}`;
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
    await showOpened(context, opened, await context.engine.call('tokenizer.adopt'));
  } catch (thrown) {
    context.patchStep('tokenizer', { error: toPlainError(thrown) });
  }
}

/** Actions around opened models. */
export function createOpenModelActions(context: StudioContext) {
  return {
    /** Opens a model's folder or zip; asks first if a trained model would be replaced. */
    openModel: (origin: BundleOrigin) => askFirst(context, 'tokenizer', () => void openModel(context, origin, {})),
    acceptOffer: () => {
      const { refused } = context.get().openedModel;
      const offer = refused && offerAfter(refused.error);
      if (offer) void openModel(context, refused.origin, { ...refused.accepted, ...offer.accepted });
    },
    /** Goes on with the opened weights after settings changed; they have to be of its sizes. */
    keepOpenedWeights: () => {
      const opened = context.get().openedModel.model;
      if (opened === null) return;
      const line = `opened, ${formatLarge(opened.parameters)} parameters`;
      context.set({ steps: completeStep(context.get().steps, 'model', line) });
    },
  };
}
