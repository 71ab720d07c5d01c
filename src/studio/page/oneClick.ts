/** "Train with the defaults": all seven steps, unattended, in a size that this device finishes in about three minutes. */
import { DEFAULT_CONFIG, type PresetName, type RunConfig } from '../../core/config.ts';
import { warmupFor } from '../../core/settings.ts';
import { loadText, splitText } from '../../steps/data/dataState.ts';
import { type Calibration, drawModel, measureModel, probeDevice } from '../../steps/model/modelState.ts';
import { drawBatch } from '../../steps/pipeline/pipelineState.ts';
import { askModel } from '../../steps/test/testState.ts';
import { runTokenizer } from '../../steps/tokenizer/tokenizerState.ts';
import { runTraining } from '../../steps/train/trainState.ts';
import type { TextSize } from '../../text/tokenizer/suggestSize.ts';
import { askFirst, runStep, type StudioContext } from './context.ts';
import { withPreset, withSuggestions } from './presets.ts';
import type { StepName } from './steps.ts';

/** How the walk goes. */
export interface OneClickSlice {
  readonly step: StepName;
  /** What is being done, such as "Measuring how fast this device is". */
  readonly doing: string;
  readonly phase: 'walking' | 'cancelling' | 'finished' | 'cancelled' | 'failed';
}

declare module './studioState.ts' {
  interface StudioState {
    readonly oneClick: OneClickSlice | null;
  }
  interface StudioActions extends ReturnType<typeof createOneClickActions> {}
}

/** How long the steps may take. Held-out passes and a device that slows down come on top; together about three minutes. */
const TRAINING_MS = 150_000;
const FEWEST_STEPS = 60;
/** The steps of the default, see docs/LEARNING.md. */
const MOST_STEPS = DEFAULT_CONFIG.training.steps;
/** A larger model overfits shorter texts. */
const BYTES_FOR_MINI = 500_000;

export interface Measurement {
  readonly preset: PresetName;
  readonly msPerStep: number;
}

/** Sizes, the largest first, and the steps that make one worth while. */
const ENOUGH_STEPS: readonly (readonly [PresetName, number])[] = [
  ['mini', MOST_STEPS / 2],
  ['tiny', FEWEST_STEPS],
  ['micro', 0],
];
const SLOWEST: Measurement = { preset: 'micro', msPerStep: TRAINING_MS };

const stepsIn = (msPerStep: number): number => Math.floor(TRAINING_MS / Math.max(msPerStep, 0.01));

/**
 * The size to measure next, or null when enough is known. Tiny comes first. Where even the fewest steps of it would not
 * finish, micro is tried; where all its steps take a third of the time at most, mini is.
 * @param miniOverTiny how much more arithmetic a step of mini is; infinity where the text is too short for it
 */
export function nextToMeasure(measured: readonly Measurement[], miniOverTiny: number): PresetName | null {
  const tiny = measured.find(({ preset }) => preset === 'tiny');
  if (tiny === undefined) return 'tiny';
  if (measured.length > 1) return null;
  if (stepsIn(tiny.msPerStep) < FEWEST_STEPS) return 'micro';
  return stepsIn(tiny.msPerStep * miniOverTiny) >= MOST_STEPS ? 'mini' : null;
}

/**
 * The largest measured size that leaves enough steps, and how many.
 * @example tiny at 375 ms a step: { preset: 'tiny', steps: 400, warmupSteps: 40, … }
 */
export function planRun(measured: readonly Measurement[]) {
  const fits = ([size, enough]: readonly [PresetName, number]): Measurement[] =>
    measured.filter(({ preset, msPerStep }) => preset === size && stepsIn(msPerStep) >= enough);
  const { preset, msPerStep } = ENOUGH_STEPS.flatMap(fits)[0] ?? measured.at(-1) ?? SLOWEST;
  const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, roundSteps(stepsIn(msPerStep))));
  return {
    preset,
    steps,
    warmupSteps: warmupFor(steps),
    logEvery: steps < 200 ? 5 : 10,
    evalEvery: Math.max(10, Math.round(steps / 100) * 10),
  };
}

/** To two significant digits, downwards: 437 → 430. */
function roundSteps(steps: number): number {
  if (steps < 100) return steps;
  const unit = 10 ** (Math.floor(Math.log10(steps)) - 1);
  return Math.floor(steps / unit) * unit;
}

/** The defaults in a size for a text; the split and the seed stay the person's. */
function defaultsFor(config: RunConfig, preset: PresetName, text: TextSize | null): RunConfig {
  const { steps, ...training } = DEFAULT_CONFIG.training;
  const { data, tokenizer } = config;
  const base = { ...DEFAULT_CONFIG, data, tokenizer, training: { ...training, steps, seed: config.training.seed } };
  return withPreset(base, preset, text);
}

/** Thrown to leave the walk: the reason lies in the state of its step. */
class WalkEnded extends Error {}

/** Sets out. @returns the function that cancels the walk */
function startWalk(context: StudioContext): () => void {
  const { engine, get, set } = context;
  let cancelled = false;
  const end = (phase: OneClickSlice['phase']): void => {
    const { oneClick } = get();
    if (oneClick) set({ oneClick: { ...oneClick, phase } });
  };
  const at = (step: StepName, doing: string): void => {
    if (cancelled) throw new WalkEnded();
    set({ oneClick: { step, doing, phase: 'walking' } });
    get().actions.goTo(step);
  };
  /** Goes on only with what was asked for. */
  const need = (succeeded: boolean): void => {
    if (!succeeded || cancelled) throw new WalkEnded();
  };
  /** The person's own text if one is loaded, else the sonnets. */
  const haveText = async (): Promise<void> => {
    if (get().data.summary === null) need(await loadText(context, { kind: 'sonnets' }));
    else if (get().steps.data.result !== 'fresh') await splitText(context);
    need(get().steps.data.result === 'fresh');
  };
  /** The defaults in a size, and what follows from the text. */
  const takeSize = (preset: PresetName): void => {
    const { config, data } = get();
    set({ config: defaultsFor(config, preset, data.summary) });
  };
  const chooseSize = async (): Promise<void> => {
    const measured: Measurement[] = [];
    const vocabSize = get().tokenizer.summary?.vocabSize ?? DEFAULT_CONFIG.tokenizer.vocabSize;
    const isLong = (get().data.summary?.sizeBytes ?? 0) >= BYTES_FOR_MINI;
    const ratio = isLong ? await miniOverTiny(vocabSize) : Number.POSITIVE_INFINITY;
    for (let preset = nextToMeasure(measured, ratio); preset !== null; preset = nextToMeasure(measured, ratio)) {
      at('model', `Measuring how fast this device trains the “${preset}” model`);
      takeSize(preset);
      const calibration: Calibration | null = await measureModel(context);
      if (calibration === null) throw new WalkEnded();
      measured.push({ preset, msPerStep: calibration.msPerStep });
    }
    const { preset, ...training } = planRun(measured);
    takeSize(preset);
    const { config } = get();
    set({ config: { ...config, training: { ...config.training, ...training } } });
    at('pipeline', 'Drawing a batch of the chosen size');
    need(await drawBatch(context, 0));
  };
  const firstPrediction = async (): Promise<void> => {
    at('test', 'Asking for a first prediction');
    const verses = await runStep(context, 'test', () => engine.call('test.suggestions', { count: 1 }));
    need(verses !== null);
    const [verse] = verses ?? [];
    get().actions.setTestText(verse?.text ?? '', verse?.hidden);
    // Where no line of the text can be asked about, Test says so beside its empty field.
    if (verse !== undefined) need(await askModel(context, 'words'));
  };
  const walk = async (): Promise<void> => {
    at('data', 'Reading the text');
    await haveText();
    const { config, data } = get();
    const start = defaultsFor({ ...config, tokenizer: DEFAULT_CONFIG.tokenizer }, 'tiny', data.summary);
    set({ config: withSuggestions(start, data.summary, null) });
    at('tokenizer', 'Training the tokenizer');
    need(await runTokenizer(context));
    at('pipeline', 'Drawing a batch');
    need(await drawBatch(context, 0));
    at('model', 'Checking the device');
    if (get().device.report === null) need(await probeDevice(context, 'auto'));
    await chooseSize();
    at('model', 'Initialising the weights');
    need(await drawModel(context));
    at('train', 'Training');
    need((await runTraining(context)) !== null);
    await firstPrediction();
  };
  const run = async (): Promise<void> => {
    try {
      await walk();
      end('finished');
    } catch (thrown) {
      end(cancelled ? 'cancelled' : 'failed');
      if (!(thrown instanceof WalkEnded)) throw thrown;
    }
  };
  void run();
  return () => {
    cancelled = true;
    end('cancelling');
    engine.cancel('tokenizer.train');
    if (get().steps.train.busy) void engine.call('train.stop').catch(() => null);
  };
}

/** Arithmetic of a step of mini to that of one of tiny, counted on the network's graph, which the first page does without. */
async function miniOverTiny(vocabSize: number): Promise<number> {
  const { trainingStepFlops } = await import('../../model/cost.ts');
  const flops = (preset: PresetName): number => {
    const { model, pipeline, training } = defaultsFor(DEFAULT_CONFIG, preset, null);
    const sizes = { batchSize: training.batchSize, seqLength: pipeline.seqLength };
    const maskedRows = Math.ceil(sizes.batchSize * sizes.seqLength * pipeline.maskingRate);
    return trainingStepFlops(model, vocabSize, { ...sizes, maskedRows });
  };
  return flops('mini') / flops('tiny');
}

/** Actions of the walk. */
export function createOneClickActions(context: StudioContext) {
  let cancel = (): void => undefined;
  return {
    trainWithDefaults: () =>
      askFirst(context, 'data', () => {
        cancel = startWalk(context);
      }),
    cancelOneClick: () => cancel(),
    dismissOneClick: () => context.set({ oneClick: null }),
  };
}
