/** "Train with the defaults": all seven steps, unattended, in a size that this device finishes in about three minutes. */
import { DEFAULT_CONFIG, type PresetName, type RunConfig } from '../../core/config.ts';
import { warmupFor } from '../../core/settings.ts';
import { loadText, splitText } from '../../steps/data/dataState.ts';
import { type Calibration, drawModel, measureModel, probeDevice } from '../../steps/model/modelState.ts';
import { drawBatch } from '../../steps/pipeline/pipelineState.ts';
import { askModel } from '../../steps/test/testState.ts';
import { runTokenizer } from '../../steps/tokenizer/tokenizerState.ts';
import { runTraining } from '../../steps/train/trainState.ts';
import { suggestVocabSize } from '../../text/tokenizer/suggestSize.ts';
import { askFirst, runStep, type StudioContext } from './context.ts';
import { withPreset } from './presets.ts';
import type { StepName } from './steps.ts';

/** How the walk goes. */
export interface OneClickSlice {
  readonly step: StepName;
  /** What is being done, such as "Measuring how fast this device is". */
  readonly doing: string;
  readonly phase: 'walking' | 'cancelling' | 'finished' | 'cancelled' | 'failed';
}

declare module './state.ts' {
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
/** Shorter texts are learned by heart by a larger model. */
const BYTES_FOR_MINI = 500_000;

export interface Measurement {
  readonly preset: PresetName;
  readonly msPerStep: number;
}

export interface RunPlan {
  readonly preset: PresetName;
  readonly steps: number;
  readonly warmupSteps: number;
  readonly logEvery: number;
  readonly evalEvery: number;
}

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
export function planRun(measured: readonly Measurement[]): RunPlan {
  const order: readonly PresetName[] = ['mini', 'tiny', 'micro'];
  const enough: Readonly<Partial<Record<PresetName, number>>> = { mini: MOST_STEPS / 2, tiny: FEWEST_STEPS, micro: 0 };
  const msOf = (name: PresetName): number | undefined => measured.find(({ preset }) => preset === name)?.msPerStep;
  const fits = (name: PresetName): boolean => {
    const ms = msOf(name);
    return ms !== undefined && stepsIn(ms) >= (enough[name] ?? 0);
  };
  const preset = order.find(fits) ?? measured.at(-1)?.preset ?? 'micro';
  const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, roundSteps(stepsIn(msOf(preset) ?? TRAINING_MS))));
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

/** The defaults in a size; the split and the seed stay the person's. */
function defaultsFor(config: RunConfig, preset: PresetName): RunConfig {
  const { steps, ...training } = DEFAULT_CONFIG.training;
  const { data, tokenizer } = config;
  const base = { ...DEFAULT_CONFIG, data, tokenizer, training: { ...training, steps, seed: config.training.seed } };
  return withPreset(base, preset);
}

/** Thrown to leave the walk: the reason lies in the state of its step. */
class WalkEnded extends Error {}

class Walk {
  private readonly context: StudioContext;
  private cancelled = false;

  constructor(context: StudioContext) {
    this.context = context;
  }

  cancel(): void {
    this.cancelled = true;
    const { engine, get, set } = this.context;
    const { oneClick, steps } = get();
    if (oneClick) set({ oneClick: { ...oneClick, phase: 'cancelling' } });
    engine.cancel('tokenizer.train');
    if (steps.train.busy) void engine.call('train.stop').catch(() => null);
  }

  async run(): Promise<void> {
    try {
      await this.walk();
      this.end('finished');
    } catch (thrown) {
      this.end(this.cancelled ? 'cancelled' : 'failed');
      if (!(thrown instanceof WalkEnded)) throw thrown;
    }
  }

  private end(phase: OneClickSlice['phase']): void {
    const { oneClick } = this.context.get();
    if (oneClick) this.context.set({ oneClick: { ...oneClick, phase } });
  }

  private at(step: StepName, doing: string): void {
    if (this.cancelled) throw new WalkEnded();
    this.context.set({ oneClick: { step, doing, phase: 'walking' } });
    this.context.get().actions.goTo(step);
  }

  /** Goes on only with what was asked for. */
  private need(succeeded: boolean): void {
    if (!succeeded || this.cancelled) throw new WalkEnded();
  }

  private async walk(): Promise<void> {
    const { context } = this;
    const { config } = context.get();
    context.set({ config: { ...defaultsFor(config, 'tiny'), tokenizer: DEFAULT_CONFIG.tokenizer } });
    this.at('data', 'Reading the text');
    await this.haveText();
    this.suggestVocabulary();
    this.at('tokenizer', 'Training the tokenizer');
    this.need(await runTokenizer(context));
    this.at('pipeline', 'Drawing a batch');
    this.need(await drawBatch(context, 0));
    this.at('model', 'Looking at the device');
    if (context.get().device.report === null) this.need(await probeDevice(context, 'auto'));
    await this.chooseSize();
    this.at('model', 'Drawing the weights');
    this.need(await drawModel(context));
    this.at('train', 'Training');
    this.need((await runTraining(context)) !== null);
    await this.firstPrediction();
  }

  /** The person's own text if one is loaded, else the sonnets. */
  private async haveText(): Promise<void> {
    const { context } = this;
    if (context.get().data.summary === null) this.need(await loadText(context, { kind: 'sonnets' }));
    else if (context.get().steps.data.result !== 'fresh') await splitText(context);
    this.need(context.get().steps.data.result === 'fresh');
  }

  /** The vocabulary follows from the text's size. */
  private suggestVocabulary(): void {
    const { context } = this;
    const { config, data } = context.get();
    const { vocabSize } = suggestVocabSize(data.summary?.sizeBytes ?? 0);
    context.set({ config: { ...config, tokenizer: { ...config.tokenizer, vocabSize } } });
  }

  private async chooseSize(): Promise<void> {
    const { context } = this;
    const measured: Measurement[] = [];
    const vocabSize = context.get().tokenizer.summary?.vocabSize ?? DEFAULT_CONFIG.tokenizer.vocabSize;
    const isLong = (context.get().data.summary?.sizeBytes ?? 0) >= BYTES_FOR_MINI;
    const ratio = isLong ? await miniOverTiny(vocabSize) : Number.POSITIVE_INFINITY;
    for (let preset = nextToMeasure(measured, ratio); preset !== null; preset = nextToMeasure(measured, ratio)) {
      this.at('model', `Measuring how fast this device trains the size ${preset}`);
      context.set({ config: defaultsFor(context.get().config, preset) });
      const calibration: Calibration | null = await measureModel(context);
      if (calibration === null) throw new WalkEnded();
      measured.push({ preset, msPerStep: calibration.msPerStep });
    }
    const { preset, ...training } = planRun(measured);
    const config = defaultsFor(context.get().config, preset);
    context.set({ config: { ...config, training: { ...config.training, ...training } } });
    this.at('pipeline', 'Drawing a batch of the chosen size');
    this.need(await drawBatch(context, 0));
  }

  private async firstPrediction(): Promise<void> {
    const { context } = this;
    this.at('test', 'Asking for a first prediction');
    const [verse] = (await runStep(context, 'test', () => context.engine.call('test.suggestions', { count: 1 }))) ?? [];
    this.need(verse !== undefined);
    context.get().actions.setTestText(verse ?? '');
    this.need(await askModel(context));
  }
}

/** Arithmetic of a step of mini to that of one of tiny, counted on the network's graph, which the first page does without. */
async function miniOverTiny(vocabSize: number): Promise<number> {
  const { trainingStepFlops } = await import('../../model/cost.ts');
  const flops = (preset: PresetName): number => {
    const { model, pipeline, training } = defaultsFor(DEFAULT_CONFIG, preset);
    const sizes = { batchSize: training.batchSize, seqLength: pipeline.seqLength };
    const maskedRows = Math.ceil(sizes.batchSize * sizes.seqLength * pipeline.maskingRate);
    return trainingStepFlops(model, vocabSize, { ...sizes, maskedRows });
  };
  return flops('mini') / flops('tiny');
}

/** Actions of the walk. */
export function createOneClickActions(context: StudioContext) {
  let walk: Walk | null = null;
  return {
    trainWithDefaults: () =>
      askFirst(context, 'data', () => {
        walk = new Walk(context);
        void walk.run();
      }),
    cancelOneClick: () => walk?.cancel(),
    dismissOneClick: () => context.set({ oneClick: null }),
  };
}
