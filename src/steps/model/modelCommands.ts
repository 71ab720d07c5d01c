/** Commands of the Model step: the device, the weights, what a step costs. */
import { get, set } from 'idb-keyval';
import { bufferLimitBytes, probeDevice, type StyleMemory } from '../../compute/backend.ts';
import { deviceFailure } from '../../compute/deviceFailure.ts';
import { Roberta } from '../../compute/model/robertaModel.ts';
import type { RunSettings } from '../../core/config.ts';
import {
  type BackendChoice,
  type BackendName,
  type DeviceReport,
  type ExecutionPlan,
  KERNEL_STYLES,
} from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';
import { validateRunSettings } from '../../core/validation.ts';
import { freshLayout } from '../../files/fileLayout.ts';
import { largestBuffer, trainingMemoryBytes, whatToLower } from '../../model/cost.ts';
import { drawWeights } from '../../model/initialize.ts';
import { countParameters } from '../../model/parameters.ts';
import type { Commands } from '../../studio/rpc.ts';
import { batchSourceOf } from '../../studio/worker/batchesAhead.ts';
import { type LiveModel, type TokenizedText, tokenCounts } from '../../studio/worker/liveModel.ts';
import { asJob, assertIdle, requireTokens, type SessionState } from '../../studio/worker/session.ts';
import { timeSteps, withTrial } from '../../studio/worker/trialRun.ts';

const CALIBRATION = { steps: 3, budgetMs: 4000, impatient: false } as const;

/** Measured in this order: what a slow adapter still has to compile must not disturb the other one. */
const MEASURED: readonly BackendName[] = ['wasm', 'webgpu'];
/** A backend that has not finished a second step by then is taken to be slow. */
const TIMING = { steps: 7, budgetMs: 1800, impatient: true } as const;

/** A wasm heap ends at 4 GiB, and tfjs keeps freed buffers; the other figures keep a laptop usable. */
export const MEMORY_LIMIT_BYTES: Readonly<Record<BackendName, number>> = {
  webgpu: 8 * 2 ** 30,
  webgl: 4 * 2 ** 30,
  wasm: 3 * 2 ** 30,
  cpu: 4 * 2 ** 30,
};

/**
 * Which style of kernels was measured as the faster one on an adapter. Storage that is withheld (a private window) or missing (Node)
 * costs a measurement on each visit, and no more.
 */
const adapterStyles: StyleMemory = {
  read: async (adapter) => {
    const stored = await tryStorage(() => get<unknown>(`kernelStyle:${adapter}`));
    return KERNEL_STYLES.find((style) => style === stored) ?? null;
  },
  write: (adapter, style) => tryStorage(() => set(`kernelStyle:${adapter}`, style)),
};

async function tryStorage<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

export const modelCommands = {
  /** Activates a backend. A model that exists moves along. */
  'device.probe': async (state, { choice }: { choice: BackendChoice }) => probe(state, choice),

  /** Times each backend that can be had, null where it is too slow to be measured, and moves to the fastest. */
  'device.measure': async (state, params: RunSettings) =>
    tryOut(state, 'measuring the devices', params, async (tokens) => {
      const offered = state.device?.backends.filter(({ available }) => available).map(({ name }) => name) ?? [];
      const times: { readonly backend: BackendName; readonly msPerStep: number | null }[] = [];
      for (const backend of MEASURED.filter((name) => offered.includes(name))) {
        await activate(state, backend);
        times.push({ backend, msPerStep: await timeOneLayer(tokens, params) });
      }
      const [fastest] = times
        .filter(({ msPerStep }) => msPerStep !== null)
        .sort((a, b) => (a.msPerStep ?? 0) - (b.msPerStep ?? 0));
      const report = await activate(state, fastest?.backend ?? 'auto');
      return { times, report };
    }),

  'model.create': async (state, params: RunSettings) => {
    await ensureDevice(state);
    return asJob(state, 'creating the model', async () => summarizeModel(drawModel(state, params)));
  },

  /** Times a few real steps on a throw-away model; the run's own weights are not touched. */
  'model.calibrate': async (state, params: RunSettings) =>
    tryOut(state, 'measuring the device', params, async (tokens) => {
      const timed = await withTrial(tokens, params, (take) => timeSteps(take, CALIBRATION));
      if (timed === null) throw new StudioError('internal', 'no step was timed');
      const { msPerStep, steps } = timed;
      return { msPerStep, tokensPerSecond: (1000 * timed.tokens) / msPerStep, steps };
    }),
} satisfies Commands<SessionState>;

async function probe(state: SessionState, choice: BackendChoice): Promise<DeviceReport> {
  assertIdle(state);
  const before = state.probing;
  const probing = (async () => {
    await before?.catch(() => null);
    return activate(state, choice);
  })();
  state.probing = probing;
  return probing;
}

/** The figures of a model. */
export function summarizeModel({ config, tokens: { tokenizer } }: LiveModel) {
  const parameters = countParameters(config.model, tokenizer.vocabSize);
  return { parameters, vocabSize: tokenizer.vocabSize, sizeBytes: 4 * parameters };
}

/**
 * Activates the device that a stored run was trained on, in the same way; where that can't be had, the best one there is.
 * The model that was there goes: another takes its place.
 */
export async function activateFor(
  state: SessionState,
  { choice, plan }: { readonly choice: BackendChoice; readonly plan: ExecutionPlan },
): Promise<DeviceReport> {
  discardModel(state);
  const styles = { read: async () => plan.kernelStyle, write: async () => undefined };
  try {
    const device = await probeDevice(plan.backend, styles);
    state.device = { ...device, choice };
  } catch {
    state.device = await probeDevice('auto', adapterStyles);
  }
  return state.device;
}

/** A device that is gone may refuse to free what it held. */
function discardModel(state: SessionState): void {
  try {
    state.model?.roberta.dispose();
  } catch (thrown) {
    if (deviceFailure() === null) throw thrown;
  }
  state.model = null;
}

/** Makes a backend the active one. To be called by one at a time. */
async function activate(state: SessionState, choice: BackendChoice): Promise<DeviceReport> {
  const live = state.model;
  const weights = live && (await live.roberta.readWeights());
  live?.roberta.dispose();
  try {
    state.device = await probeDevice(choice, adapterStyles);
    return state.device;
  } catch (refused) {
    // The backend before may be gone: take it up again, then say no.
    state.device = await probeDevice(state.device?.active ?? 'auto', adapterStyles);
    throw refused;
  } finally {
    if (live && weights && state.device) {
      const roberta = new Roberta(live.config.model, live.tokens.tokenizer.vocabSize, weights);
      state.model = { ...live, roberta, device: state.device };
    }
  }
}

/** Draws weights and makes them the session's model, in place of the one before. */
export function drawModel(state: SessionState, { model, pipeline, training }: RunSettings): LiveModel {
  const tokens = requireTokens(state);
  const { device } = state;
  if (!device) throw new StudioError('internal', 'no device was probed', { reason: 'no device was probed' });
  const config = { data: tokens.text.dataConfig, tokenizer: tokens.config, pipeline, model, training };
  assertFits(state, tokens, config);
  discardModel(state);
  const { vocabSize } = tokens.tokenizer;
  const roberta = new Roberta(model, vocabSize, drawWeights(model, vocabSize, training.seed, tokenCounts(tokens)));
  const layout = tokens.origin && freshLayout(tokens.origin, model.hiddenSize);
  state.model = { roberta, tokens, config, device, layout, startedFrom: null, cameWith: null, ...untrained() };
  return state.model;
}

/** What a run adds to a model, before its first step. */
export function untrained() {
  const figures = { points: [], heldOut: [], startedMs: Date.now(), answers: [], step: 0, elapsedMs: 0 };
  return { ...figures, optimizer: null, average: null, best: null, weightsStep: 0 };
}

/** Waits for a probe under way; probes the device if nobody has yet. */
export async function ensureDevice(state: SessionState): Promise<DeviceReport> {
  await state.probing?.catch(() => null);
  return state.device ?? probe(state, 'auto');
}

/** Does a job with a model that is thrown away. @throws StudioError as {@link assertFits} */
export async function tryOut<T>(
  state: SessionState,
  doing: string,
  settings: RunSettings,
  work: (tokens: TokenizedText) => Promise<T>,
): Promise<T> {
  await ensureDevice(state);
  return asJob(state, doing, async () => {
    const tokens = requireTokens(state);
    assertFits(state, tokens, settings);
    return work(tokens);
  });
}

/** @throws StudioError for settings out of range, and `modelTooLarge` before any memory is taken */
export function assertFits(state: SessionState, tokens: TokenizedText, settings: RunSettings): void {
  validateRunSettings(settings);
  const { model, pipeline, training } = settings;
  const { vocabSize } = tokens.tokenizer;
  const { batchSize } = training;
  const { maskedRows } = batchSourceOf(tokens, { pipeline, training });
  const batch = { batchSize, seqLength: pipeline.seqLength, maskedRows };
  const device = state.device?.adapter ?? 'this device';
  const refuse = (sizeBytes: number, maximumBytes: number, lower: string, inOnePiece: boolean): void => {
    if (sizeBytes <= maximumBytes) return;
    const details = { sizeBytes, maximumBytes, device, lower, inOnePiece };
    throw new StudioError('modelTooLarge', `${sizeBytes} bytes`, details);
  };
  const limit = MEMORY_LIMIT_BYTES[state.device?.active ?? 'cpu'];
  refuse(trainingMemoryBytes(model, vocabSize, batch), limit, whatToLower(model, vocabSize, batch), false);
  const largest = largestBuffer(model, vocabSize, batch);
  refuse(largest.sizeBytes, bufferLimitBytes(), largest.lower, true);
}

/** @returns ms of a step of a model with one layer; null if two steps took longer than the budget */
async function timeOneLayer(tokens: TokenizedText, sizes: RunSettings): Promise<number | null> {
  const oneLayer = { ...sizes, model: { ...sizes.model, numHiddenLayers: 1 } };
  const timed = await withTrial(tokens, oneLayer, (take) => timeSteps(take, TIMING));
  return timed?.msPerStep ?? null;
}
