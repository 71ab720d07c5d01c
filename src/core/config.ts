/**
 * Every setting of a run, as plain data. One `RunConfig` describes a run completely: with the text, the seed and the
 * execution plan it gives the same weights, bit for bit.
 */

/** Ids of the special tokens, in the order in which the tokenizer is trained with them. */
export const SPECIAL_TOKENS = ['<s>', '<pad>', '</s>', '<mask>', '<unk>'] as const;
export const BOS_ID = 0;
export const PAD_ID = 1;
export const EOS_ID = 2;
export const MASK_ID = 3;
/** Ids below this one are special: never masked, never drawn as a random replacement. */
export const FIRST_ORDINARY_ID = SPECIAL_TOKENS.length;
/** Special tokens and the 256 bytes: no byte-level vocabulary is smaller. */
export const SMALLEST_VOCAB_SIZE = FIRST_ORDINARY_ID + 256;

export interface DataConfig {
  /** Share of the documents (by token-free size: lines) kept from training, 0 to 0.5. */
  readonly heldOutShare: number;
  /** Seed of the draw of held-out documents and of the held-out masks; runs with other seeds compare. */
  readonly splitSeed: number;
}

export interface TokenizerConfig {
  /** Entries asked for, special tokens and the 256 bytes included. */
  readonly vocabSize: number;
  /** A pair seen less often than this is not merged. */
  readonly minFrequency: number;
}

/** `bert`: 80% `<mask>`, 10% random, 10% unchanged. `mask`: all `<mask>`. `noUnchanged`: 90% `<mask>`, 10% random. */
export type MaskingStrategy = 'bert' | 'mask' | 'noUnchanged';

/**
 * What is hidden together. `token`: each token by itself (BERT, RoBERTa). `word`: all pieces of a word (BERT's whole-word
 * masking). `span`: one to ten words in a row (SpanBERT).
 */
export type MaskingUnit = 'token' | 'word' | 'span';

export interface PipelineConfig {
  /** T: tokens in a row, `<s>` and `</s>` included. */
  readonly seqLength: number;
  /** `packed`: documents joined and cut into full rows. `lines`: one sample (line) a row, padded. */
  readonly packing: 'packed' | 'lines';
  /** Share of the ordinary tokens chosen for prediction, 0.01 to 0.9. */
  readonly maskingRate: number;
  readonly maskingStrategy: MaskingStrategy;
  readonly maskingUnit: MaskingUnit;
  /** `dynamic`: new masks every epoch (RoBERTa). `static`: drawn once (BERT). */
  readonly masking: 'dynamic' | 'static';
  /** `masked`: the loss reads the chosen positions. `all`: every position, padding included, as the first notebooks did. */
  readonly lossPositions: 'masked' | 'all';
}

/**
 * How weights start. `normal`: normal(0, `initializerRange`), the library's way. `scaled`: normal with a deviation that
 * follows the width, so that every layer passes on about what it reads. `neighbours`: scaled, with heads that look at their
 * neighbours from the start. `auto`: `neighbours` where the width leaves them room. All of them are
 * plain RoBERTa weights; the export does not change.
 */
export type Initialization = 'auto' | 'normal' | 'scaled' | 'neighbours';

/** Narrower models have too few dimensions to hold words beside positions: measured at 32, see docs/LEARNING.md. */
const NARROWEST_FOR_NEIGHBOURS = 64;

/** What `auto` stands for. */
export function startsAtNeighbours({ initialization, hiddenSize }: ModelConfig): boolean {
  return initialization === 'neighbours' || (initialization === 'auto' && hiddenSize >= NARROWEST_FOR_NEIGHBOURS);
}

/** RoBERTa's sizes. `vocabSize` is the trained tokenizer's, so it is not among them. */
export interface ModelConfig {
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly intermediateSize: number;
  /** P: longest sequence + 2, since RoBERTa's positions start at `pad_token_id + 1`. */
  readonly maxPositionEmbeddings: number;
  readonly hiddenDropoutProb: number;
  readonly attentionProbsDropoutProb: number;
  readonly layerNormEps: number;
  readonly initialization: Initialization;
  /** Deviation of the normal distribution that matrices are drawn from with `normal`. */
  readonly initializerRange: number;
}

/** `range` is not for runs: it is the range test's, see `rangeTest.ts`. */
export type Schedule = 'linear' | 'cosine' | 'oneCycle' | 'constant' | 'range';

export interface TrainingConfig {
  /** Optimizer steps. */
  readonly steps: number;
  /** B: rows in a batch. */
  readonly batchSize: number;
  /** Batches whose gradients are averaged into one optimizer step. */
  readonly gradientAccumulation: number;
  /** Highest learning rate. 0 is allowed: nothing is learned. */
  readonly learningRate: number;
  /** Steps over which the learning rate rises from 0. */
  readonly warmupSteps: number;
  /** How it falls afterwards; to 0 at the last step (`linear`, `cosine`), to a trace of itself (`oneCycle`) or not at all. */
  readonly schedule: Schedule;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients are scaled down to this global norm; 0 switches clipping off. */
  readonly clipNorm: number;
  /** Share of each target that is spread evenly over the vocabulary; 0: none. */
  readonly labelSmoothing: number;
  /** An exponential average of the weights is looked at and kept in their place: what it keeps of itself a step; 0: none. */
  readonly averageDecay: number;
  /** Which weights the run ends with: those of the lowest held-out loss, or those of the last step. */
  readonly keepWeights: 'best' | 'last';
  /** Held-out passes without a new lowest loss after which the run ends; 0: never. */
  readonly patience: number;
  /** Seed of weights, data order, masks and dropout. */
  readonly seed: number;
  /** Steps between two reads of the loss from the device. */
  readonly logEvery: number;
  /** Steps between two held-out passes; 0: only before the first and after the last step. */
  readonly evalEvery: number;
  /** Seconds between two saves of the run on this device; 0: only when it starts, pauses and ends. */
  readonly saveEvery: number;
}

export interface RunConfig {
  readonly data: DataConfig;
  readonly tokenizer: TokenizerConfig;
  readonly pipeline: PipelineConfig;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
}

export const PRESET_NAMES = ['micro', 'tiny', 'mini', 'small', 'medium', 'roberta-6x768', 'notebook'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

interface PresetSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly seqLength: number;
  readonly batchSize: number;
}

/** Sizes by the field's names for BERT miniatures; intermediate = 4 × hidden. Source: Turc et al. (2019), Table 1. */
export const PRESETS: Readonly<Record<PresetName, PresetSizes>> = {
  micro: { layers: 2, hidden: 32, heads: 2, seqLength: 32, batchSize: 8 },
  tiny: { layers: 2, hidden: 128, heads: 4, seqLength: 64, batchSize: 32 },
  mini: { layers: 4, hidden: 256, heads: 4, seqLength: 64, batchSize: 32 },
  small: { layers: 4, hidden: 512, heads: 8, seqLength: 128, batchSize: 16 },
  medium: { layers: 8, hidden: 512, heads: 8, seqLength: 128, batchSize: 16 },
  'roberta-6x768': { layers: 6, hidden: 768, heads: 12, seqLength: 512, batchSize: 16 },
  notebook: { layers: 6, hidden: 768, heads: 12, seqLength: 512, batchSize: 16 },
};

/** What a person finds in the fields on arrival. */
export const DEFAULT_CONFIG: RunConfig = configForPreset('tiny');

/** Warm-up of a run of so many steps: a tenth, 50 at most. */
export function warmupFor(steps: number): number {
  return Math.min(50, Math.round(steps / 10));
}

/**
 * The default run with the sizes of a preset. Why these values: docs/LEARNING.md. `notebook` is no recommendation: it is the
 * recipe that the tutorials train, to compare with.
 */
export function configForPreset(name: PresetName): RunConfig {
  const config = defaultRecipe(PRESETS[name]);
  return name === 'notebook' ? asTheNotebookDoes(config) : config;
}

/** The highest learning rate for a width: measured at 128, and by the root of the width elsewhere. */
function learningRateFor(hiddenSize: number): number {
  return Number((1.5e-3 * Math.sqrt(128 / hiddenSize)).toPrecision(2));
}

/** Lines padded, every position in the loss, masks drawn once, the library's initial weights, a constant rate. */
function asTheNotebookDoes(config: RunConfig): RunConfig {
  return {
    ...config,
    tokenizer: { vocabSize: 30_522, minFrequency: 2 },
    pipeline: {
      ...config.pipeline,
      packing: 'lines',
      maskingRate: 0.15,
      maskingStrategy: 'mask',
      masking: 'static',
      lossPositions: 'all',
    },
    model: {
      ...config.model,
      hiddenDropoutProb: 0.1,
      attentionProbsDropoutProb: 0.1,
      initialization: 'normal',
    },
    training: {
      ...config.training,
      steps: 306,
      learningRate: 1e-4,
      warmupSteps: 0,
      schedule: 'constant',
      weightDecay: 0.01,
      beta2: 0.999,
      epsilon: 1e-8,
      clipNorm: 0,
      keepWeights: 'last',
      evalEvery: 51,
    },
  };
}

function defaultRecipe(sizes: PresetSizes): RunConfig {
  return {
    data: { heldOutShare: 0.1, splitSeed: 1 },
    tokenizer: { vocabSize: 512, minFrequency: 2 },
    pipeline: {
      seqLength: sizes.seqLength,
      packing: 'packed',
      maskingRate: 0.3,
      maskingStrategy: 'bert',
      maskingUnit: 'token',
      masking: 'dynamic',
      lossPositions: 'masked',
    },
    model: {
      hiddenSize: sizes.hidden,
      numHiddenLayers: sizes.layers,
      numAttentionHeads: sizes.heads,
      intermediateSize: 4 * sizes.hidden,
      maxPositionEmbeddings: sizes.seqLength + 2,
      hiddenDropoutProb: 0.1,
      attentionProbsDropoutProb: 0,
      layerNormEps: 1e-5,
      initialization: 'auto',
      initializerRange: 0.02,
    },
    training: {
      steps: 1500,
      batchSize: sizes.batchSize,
      gradientAccumulation: 1,
      learningRate: learningRateFor(sizes.hidden),
      warmupSteps: warmupFor(1500),
      schedule: 'cosine',
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-6,
      clipNorm: 1,
      labelSmoothing: 0,
      averageDecay: 0,
      keepWeights: 'best',
      patience: 0,
      seed: 1,
      logEvery: 10,
      evalEvery: 50,
      saveEvery: 30,
    },
  };
}
