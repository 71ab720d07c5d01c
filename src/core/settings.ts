/**
 * Every setting of a run, one row each, as `key: kind(term, default, [minimum, maximum, arrow step], …)`; `settingRow.ts` says
 * what else a row may hold. Fields, command line, links, files, sweeps, model card and report read this table, in its order:
 * a new setting is a row, and the code that uses it.
 */
import { type ChoiceSetting, choice, number, share, whole } from './settingRow.ts';

/** The step that a change of a part's settings outdates. Training settings only say how the next run goes. */
export const OUTDATED_STEP = {
  data: 'data',
  tokenizer: 'tokenizer',
  pipeline: 'pipeline',
  model: 'model',
  training: null,
} as const;

const LARGEST_SEED = 2 ** 32 - 1;
const halved = (value: number): number => (value === 0 ? 1e-4 : value / 2);

/** Warm-up of a run of so many steps: a tenth, 50 at most. */
export function warmupFor(steps: number): number {
  return Math.min(50, Math.round(steps / 10));
}

/** `range` is not for runs: it is the range test's, see `rangeTest.ts`. */
type Schedule = 'linear' | 'cosine' | 'oneCycle' | 'constant' | 'range';

export const SETTINGS = {
  data: {
    heldOutShare: share('Held-out share', 0.1, [0, 0.5, 0.05], {
      flag: 'held-out',
      help: 'Share of the text withheld from training, in whole documents, 0 to 0.5. 0.1 is enough to measure with and leaves most of the text to learn from.',
      why: [
        'Baselines on the same masks',
        '15 of the 154 sonnets, enough for a standard error of 0.018 nats over the masked tokens.',
      ],
    }),
    /** Of the held-out masks, too. */
    splitSeed: whole('Split seed', 1, [0, LARGEST_SEED], {
      help: 'Chooses the held-out documents. It is independent of the random seed, so that runs with different seeds can be compared.',
      why: ['In Folio itself', 'the split used to choose the defaults, which were then checked on other splits.'],
    }),
  },
  tokenizer: {
    /** The special tokens and the bytes are in every byte-level vocabulary. */
    vocabSize: whole('Vocabulary size', 2048, [5 + 256, 200_000, 256], {
      help: 'Number of distinct tokens, including the 256 bytes and 5 special tokens. With a larger vocabulary the text takes fewer tokens, and each is seen less often.',
      fromText: true,
      notebook: 30_522,
      why: [
        'Words',
        'on the sonnets most words are then a single token, and word accuracy is 2 percentage points higher than with 512.',
      ],
    }),
    minFrequency: whole('Minimum pair frequency', 2, [1, 1_000_000], {
      help: 'Pairs that occur less often are not merged.',
      why: 'a pair seen once teaches nothing; other values were not compared.',
    }),
  },
  pipeline: {
    /** T: `<s>` and `</s>` included. */
    seqLength: whole('Sequence length', ({ seqLength }) => seqLength, [8, 4096, 8], {
      help: 'Tokens that the model reads at once. Longer sequences show more context and cost more.',
      why: 'about a third of a sonnet (185 tokens); no full run used another length.',
    }),
    /** Of the ordinary tokens. */
    maskingRate: share('Masking rate', 0.3, [0.01, 0.9, 0.01], {
      help: 'Share of the tokens chosen for prediction; the masking strategy says what replaces them. 0.15 is BERT’s; a higher rate gives more to predict per sequence and less context to predict it from.',
      notebook: 0.15,
      why: ['Runs', 'held-out loss 0.25 nats lower at step 200 than with 0.15.'],
    }),
    packing: choice('Packing', 'packed', {
      options: {
        packed: ['Packed', 'Documents are concatenated; no padding.'],
        lines: ['One line per sequence', 'Padded to the sequence length.'],
      },
      notebook: 'lines',
      why: 'it needs no padding; one line per sequence, as in the notebook preset, is for comparison.',
    }),
    maskingStrategy: choice('Masking strategy', 'bert', {
      options: {
        bert: ['80 / 10 / 10', '80% <mask>, 10% a random token, 10% unchanged.'],
        noUnchanged: ['90 / 10', '90% <mask>, 10% random, none left unchanged.'],
        mask: ['All <mask>', 'Every chosen token is replaced by <mask>.'],
      },
      notebook: 'mask',
      why: ['Runs', 'held-out loss 0.12 nats lower at step 200 than with all <mask>.'],
    }),
    maskingUnit: choice('Masking unit', 'token', {
      options: {
        token: ['Tokens', 'Each token of a word by itself, as in RoBERTa.'],
        word: ['Whole words', 'All tokens of a word together, so that none gives the others away.'],
        span: ['Spans', 'One to ten consecutive words, as in SpanBERT.'],
      },
      why: 'RoBERTa’s way; no full run used words or spans.',
    }),
    neighbourTargets: share('Neighbour targets', ({ hidden }) => (hidden < 64 ? 0 : 0.4), [0, 0.9, 0.05], {
      ...{ notebook: 0, before: 0, longText: 0 },
      help: 'Share of the targets replaced by a token drawn from the neighbour counts: one that occurs elsewhere between the same two neighbours or, if that pair is rare, beside one of them; failing that, any token, by frequency. It reduces overfitting; the training loss is computed against the replaced targets.',
      more: true,
      offAtZero: true,
      why: ['Words', 'top-5 word accuracy is 2 percentage points higher in recipes with it than without.'],
    }),
    masking: choice('Masking', 'dynamic', {
      options: {
        dynamic: ['Dynamic', 'New masks every epoch, as in RoBERTa.'],
        static: ['Static', 'Masks drawn once, as in the original BERT.'],
      },
      notebook: 'static',
      why: 'RoBERTa’s way; static masks, as in the notebook preset, are for comparison.',
    }),
    lossPositions: choice('Loss positions', 'masked', {
      options: {
        masked: ['Masked positions', 'What masked language models learn from.'],
        all: [
          'Every position',
          'Padding too, as in the notebook preset: a lower loss that means less. For comparison.',
        ],
      },
      notebook: 'all',
      why: [
        'In Folio itself',
        'with every position, padding and unmasked tokens count, which hides a loss that stays at the unigram level.',
      ],
    }),
  },
  model: {
    numHiddenLayers: whole('Layers', ({ layers }) => layers, [1, 64], {
      flag: 'layers',
      help: 'Number of transformer layers. More layers combine more context, and cost more.',
      why: ['Robustness', 'full runs used 2; with 3, 4 and 6 layers the loss also falls below the unigram level.'],
    }),
    hiddenSize: whole('Hidden size', ({ hidden }) => hidden, [4, 8192, 32], {
      help: 'How many numbers describe each token. Twice as many cost about four times as much.',
      why: ['Robustness', 'full runs used 128; 256 overfits the sonnets early.'],
    }),
    numAttentionHeads: whole('Attention heads', ({ heads }) => heads, [1, 128], {
      flag: 'heads',
      help: 'Each head can attend to something different. Must divide the hidden size.',
      why: ['Runs', '4 and 8 heads did equally well at a hidden size of 256.'],
    }),
    intermediateSize: whole('Feed-forward size', null, [1, 32_768, 64], {
      help: 'Width inside each layer’s feed-forward part; usually four times the hidden size.',
      follows: ['model.hiddenSize', (width) => 4 * width, 'four times the hidden size'],
      why: 'four times the hidden size, as in BERT.',
    }),
    /** P: RoBERTa's positions start at `pad_token_id + 1`. */
    maxPositionEmbeddings: whole('Maximum positions', null, [10, 8194, 8], {
      flag: 'positions',
      help: 'Longest sequence plus 2, as in RoBERTa. A larger value leaves room to train on longer sequences later.',
      more: true,
      follows: ['pipeline.seqLength', (length) => length + 2, 'the sequence length plus 2'],
      why: 'the sequence length plus 2, as RoBERTa counts positions.',
    }),
    hiddenDropoutProb: share('Hidden dropout', ({ hidden }) => (hidden < 64 ? 0.1 : 0.3), [0, 0.9, 0.05], {
      ...{ notebook: 0.1, longText: 0.1 },
      flag: 'dropout',
      help: 'Share of the activations set to 0 at random in each step; reduces overfitting.',
      more: true,
      why: ['Words', '0.3 and 0.4 did equally well with a vocabulary of 2,048.'],
    }),
    attentionProbsDropoutProb: share('Attention dropout', 0, [0, 0.9, 0.05], {
      flag: 'attention-dropout',
      help: 'Share of the attention weights set to 0 at random in each step.',
      more: true,
      notebook: 0.1,
      follows: ['model.hiddenDropoutProb', (dropout) => dropout, 'the hidden dropout if given, otherwise 0'],
      why: '0 in all runs; other values were not compared.',
    }),
    /** All of them are plain RoBERTa weights: the export does not change. */
    initialization: choice('Weight initialisation', 'auto', {
      options: {
        auto: ['Automatic', 'Neighbour heads for a hidden size of 64 or more, otherwise normal.'],
        normal: ['Normal', 'Small random numbers, as transformers draws them.'],
        scaled: ['Scaled to the hidden size', 'Larger in narrow models.'],
        neighbours: [
          'Neighbour heads',
          'Each head starts by attending to the previous or the next token; the loss falls below the unigram level far sooner.',
        ],
      },
      more: true,
      notebook: 'normal',
      why: [
        'Why it works',
        'with neighbour heads the loss falls below the unigram level within 100 steps; with transformers’ initialisation it did not in 2,250.',
      ],
    }),
    /** Deviation of the normal distribution that matrices are drawn from with `normal`. */
    initializerRange: number('Initializer range', 0.02, [0.0001, 1, 0.01], {
      help: 'Standard deviation of the initial weights, used mainly by the “Normal” weight initialisation. 0.02 is RoBERTa’s value, chosen for a hidden size of 768; small models learn better with a larger value.',
      more: true,
      why: 'the transformers default.',
    }),
    layerNormEps: number('LayerNorm epsilon', 1e-5, [1e-12, 0.1, halved], {
      flag: 'layer-norm-epsilon',
      help: 'Avoids division by 0. 1e-5 is RoBERTa’s value.',
      more: true,
      why: 'RoBERTa’s value.',
    }),
  },
  training: {
    steps: whole('Steps', 1500, [1, 1_000_000, 50], {
      help: 'Number of updates. Each reads a batch (several with gradient accumulation) and changes every weight a little.',
      fromText: true,
      notebook: 306,
      why: ['In Folio itself', 'the length of the full runs.'],
    }),
    /** B. */
    batchSize: whole('Batch size', ({ batchSize }) => batchSize, [1, 4096, 8], {
      help: 'Sequences per batch. More give a steadier gradient and take longer.',
      why: '32 sequences in all runs; 64 was not compared.',
    }),
    /** The highest one: measured at a width of 128, and by the root of the width elsewhere. */
    learningRate: number(
      'Learning rate',
      ({ hidden }) => Number((1.5e-3 * Math.sqrt(128 / hidden)).toPrecision(2)),
      [0, 10, halved],
      {
        help: 'The highest rate of the schedule. Too high and the loss jumps; too low and it crawls.',
        notebook: 1e-4,
        why: [
          'Robustness',
          'at a third of that rate and at three times that rate the loss also falls below the unigram level; for other hidden sizes the rate is scaled by 1/√(hidden size), which was not tested.',
        ],
      },
    ),
    evalEvery: whole('Evaluation interval', 50, [0, 1_000_000, 10], {
      help: 'Steps between two evaluations on the held-out text. 0 evaluates only before the first and after the last step.',
      notebook: 51,
      why: 'an evaluation costs about as much as a few steps.',
    }),
    warmupSteps: whole('Warm-up steps', null, [0, 1_000_000, 10], {
      help: 'Steps over which the learning rate rises from 0; a tenth of all steps is usual.',
      more: true,
      notebook: 0,
      follows: ['training.steps', warmupFor, 'a tenth of the steps, 50 at most'],
      why: '50 in all full runs, or a tenth of a shorter one.',
    }),
    schedule: choice('Learning-rate schedule', 'cosine', {
      options: {
        linear: ['Linear', 'Falls in a straight line to 0.'],
        cosine: ['Cosine', 'Falls to 0: slowly at first, then faster, then slowly again.'],
        oneCycle: ['One cycle', 'Rises from 1/25 of the highest rate, then falls almost to 0, along cosine curves.'],
        constant: ['Constant', 'Stays at the highest rate after the warm-up.'],
      },
      more: true,
      notebook: 'constant',
      why: 'cosine in all full runs; one-cycle was not compared.',
    }) as ChoiceSetting<Schedule>,
    gradientAccumulation: whole('Gradient accumulation', 1, [1, 1024], {
      help: 'Batches per step, their gradients averaged: a larger batch in the memory of a small one.',
      more: true,
      why: '32 sequences fit everywhere.',
    }),
    weightDecay: number('Weight decay', ({ hidden }) => (hidden < 64 ? 0.1 : 0.3), [0, 1, 0.01], {
      help: 'How strongly AdamW pulls the weights towards 0; not applied to biases or LayerNorm.',
      more: true,
      ...{ notebook: 0.01, longText: 0.1 },
      why: ['Words', '0.3 was adopted together with the larger dropout; other values were not confirmed.'],
    }),
    beta1: number('Beta 1', 0.9, [0, 0.9999], {
      noField: true,
      help: 'Decay of AdamW’s average of the gradients.',
      why: 'AdamW’s usual value.',
    }),
    beta2: number('Beta 2', 0.98, [0, 0.999999], {
      noField: true,
      help: 'Decay of AdamW’s average of the squared gradients.',
      notebook: 0.999,
      why: 'RoBERTa’s value.',
    }),
    epsilon: number('Epsilon', 1e-6, [1e-12, 0.1], {
      noField: true,
      help: 'Added to AdamW’s denominator.',
      notebook: 1e-8,
      why: 'RoBERTa’s value.',
    }),
    /** Of the global norm. */
    clipNorm: number('Gradient clipping', 1, [0, 1_000_000, 0.5], {
      help: 'Gradients with a larger norm are scaled down to this one. 0 is off.',
      more: true,
      offAtZero: true,
      notebook: 0,
      why: '1 in all runs.',
    }),
    labelSmoothing: share('Label smoothing', 0, [0, 0.5, 0.05], {
      help: 'Share of each target spread over the whole vocabulary. The loss shown excludes it. 0 is off.',
      more: true,
      offAtZero: true,
      why: 'not used in any full run.',
    }),
    keepWeights: choice('Weights kept', 'best', {
      options: {
        best: ['Best', 'Those with the lowest held-out loss.'],
        last: ['Last', 'Those of the last step.'],
      },
      more: true,
      notebook: 'last',
      why: 'later overfitting then costs nothing; with a cosine schedule the best are near the end anyway.',
    }),
    averageDecay: number('Weight averaging (EMA) decay', 0, [0, 0.9999, 0.01], {
      help: 'Evaluation and export use the averaged weights; 0 is off. A usual value is 0.99.',
      more: true,
      offAtZero: true,
      why: [
        'Runs',
        'with 0.99 the loss is up to 0.13 nats lower halfway, but no lower at the end of the cosine schedule.',
      ],
    }),
    patience: whole('Early stopping patience', 0, [0, 10_000], {
      help: 'Stop after this many evaluations without improvement. 0 is off.',
      more: true,
      offAtZero: true,
      why: 'most of the gain comes at the end of the cosine schedule.',
    }),
    /** Of weights, data order, masks and dropout. */
    seed: whole('Random seed', 1, [0, LARGEST_SEED], {
      help: 'Same seed, same settings: the same weights, bit for bit.',
      form: 'model',
      why: ['In Folio itself', 'several seeds were run, to show how much results differ.'],
    }),
    logEvery: whole('Log refresh interval', 10, [1, 1_000_000, 5], {
      help: 'In steps: how often the log is fetched from the device. Every step is logged regardless.',
      more: true,
      withoutEffect: true,
      why: 'a matter of taste: it does not affect training.',
    }),
    saveEvery: whole('Checkpoint interval', 30, [0, 86_400, 10], {
      help: 'Seconds between two checkpoints on this device. 0 saves only when the run starts, pauses and ends.',
      more: true,
      withoutEffect: true,
      why: 'a matter of taste: it does not affect training.',
    }),
  },
} as const;
