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
      label: 'How much is kept from training',
      help: 'A share of the documents, from 0 to 0.5. A tenth (0.1) is enough to measure with and leaves most of the text to learn from.',
      why: [
        'Reference lines on the same masks',
        '15 of the 154 sonnets, enough for a standard error of 0.018 nats over masks.',
      ],
    }),
    /** Of the held-out masks, too. */
    splitSeed: whole('Split seed', 1, [0, LARGEST_SEED], {
      label: 'Which documents those are',
      help: 'Another number draws other documents. It has nothing to do with the training seed, so runs with other seeds compare.',
      why: ['In Folio itself', 'the split that was used while choosing; the defaults were then checked on others.'],
    }),
  },
  tokenizer: {
    /** The special tokens and the bytes are in every byte-level vocabulary. */
    vocabSize: whole('Vocabulary size', 2048, [5 + 256, 200_000, 256], {
      label: 'How many different pieces',
      help: 'The 256 bytes and 5 special tokens count among them. More pieces make shorter rows, and each is seen less often.',
      fromText: true,
      notebook: 30_522,
      why: [
        'Words',
        'for the sonnets: most words are one token then, and 2 points more of them are right than with 512.',
      ],
    }),
    minFrequency: whole('Minimum frequency', 2, [1, 1_000_000], {
      label: 'How often a pair has to occur',
      help: 'Pairs seen less often are not joined. 2 leaves out what occurs only once, which nothing can be learned about.',
      why: 'a pair seen once teaches nothing; other values were not compared.',
    }),
  },
  pipeline: {
    /** T: `<s>` and `</s>` included. */
    seqLength: whole('Sequence length', ({ seqLength }) => seqLength, [8, 4096, 8], {
      label: 'Tokens in a row',
      help: 'What the model reads at once. Longer rows show more context and cost more.',
      why: 'one sonnet is about 270 tokens; rows of other lengths were not trained to the end.',
    }),
    /** Of the ordinary tokens. */
    maskingRate: share('Masking rate', 0.3, [0.01, 0.9, 0.01], {
      label: 'How often a word is hidden',
      help: '0.15 is BERT’s. More gives more to learn from a row, and less to guess from.',
      notebook: 0.15,
      why: ['Runs', 'faster by 0.25 nats at step 200 than 0.15 (B_mask30 against A1).'],
    }),
    packing: choice('Packing', 'packed', {
      label: 'How lines become rows',
      options: {
        packed: ['Packed', 'Documents follow each other; no position is wasted.'],
        lines: ['One line a row', 'Padded to the sequence length.'],
      },
      notebook: 'lines',
      why: 'no position is padding; the notebook’s one line a row is there to compare.',
    }),
    maskingStrategy: choice('Masking strategy', 'bert', {
      label: 'What a chosen word becomes',
      options: {
        bert: ['80 / 10 / 10', '80% <mask>, 10% a random token, 10% unchanged.'],
        noUnchanged: ['90 / 10', '90% <mask>, 10% random, none left unchanged.'],
        mask: ['All <mask>', 'Every chosen word is hidden.'],
      },
      notebook: 'mask',
      why: ['Runs', 'faster by 0.12 nats at step 200 than all <mask> (H_bert against H_base).'],
    }),
    maskingUnit: choice('Masking unit', 'token', {
      label: 'What is hidden together',
      options: {
        token: ['Single tokens', 'Each piece of a word by itself, as RoBERTa does.'],
        word: ['Whole words', 'All pieces of a word: none gives the others away.'],
        span: ['Spans', 'One to ten words in a row, as SpanBERT does.'],
      },
      why: 'RoBERTa’s way; words and spans were not trained to the end.',
    }),
    neighbourTargets: share('Neighbour targets', ({ hidden }) => (hidden < 64 ? 0 : 0.4), [0, 0.9, 0.05], {
      ...{ notebook: 0, before: 0 },
      label: 'Targets drawn from neighbour counts',
      help: 'This share of the targets is a token that stood between the same neighbours elsewhere in the text. Less is learned by heart; the training loss is that of the targets drawn.',
      more: true,
      offAtZero: true,
      why: ['Words', 'recipes with it find 2 points more of the words among five than those without.'],
    }),
    masking: choice('Masking', 'dynamic', {
      label: 'When words are chosen',
      options: {
        dynamic: ['Anew every epoch', 'Dynamic, as RoBERTa does.'],
        static: ['Once', 'Static, as the first BERT did.'],
      },
      notebook: 'static',
      why: 'RoBERTa’s way; masks drawn once belong to the notebook’s recipe.',
    }),
    lossPositions: choice('Loss positions', 'masked', {
      label: 'What the loss reads',
      options: {
        masked: ['The chosen words', 'What masked-language models learn from.'],
        all: [
          'Every position',
          'Padding too, as the first notebooks did: a lower loss that means less. For comparison.',
        ],
      },
      notebook: 'all',
      why: ['In Folio itself', 'every position counts padding and unhidden words, which hides the plateau.'],
    }),
  },
  model: {
    numHiddenLayers: whole('Layers', ({ layers }) => layers, [1, 64], {
      flag: 'layers',
      label: 'How deep the model is',
      help: 'A row goes through one layer after another; in each, every word looks at the others once more.',
      why: ['Robustness', '2 is where full runs were made; 3, 4 and 6 leave the plateau as well.'],
    }),
    hiddenSize: whole('Hidden size', ({ hidden }) => hidden, [4, 8192, 32], {
      label: 'Numbers that describe a word',
      help: 'Twice as many cost about four times as much.',
      why: ['Robustness', '128 is where full runs were made; 256 overfits the sonnets early.'],
    }),
    numAttentionHeads: whole('Attention heads', ({ heads }) => heads, [1, 128], {
      flag: 'heads',
      label: 'Ways of looking at the others',
      help: 'They share the hidden size, so they have to divide it.',
      why: ['Runs', '4 and 8 heads at a width of 256 were level (E_w256, E_w256h8).'],
    }),
    intermediateSize: whole('Intermediate size', null, [1, 32_768, 64], {
      label: 'Room to think in',
      help: 'Of the feed-forward part; usually four times the hidden size.',
      follows: ['model.hiddenSize', (width) => 4 * width, 'four times the hidden size'],
      why: 'four times the width, as in BERT.',
    }),
    /** P: RoBERTa's positions start at `pad_token_id + 1`. */
    maxPositionEmbeddings: whole('Positions', null, [10, 8194, 8], {
      flag: 'positions',
      label: 'Longest row, and two',
      help: 'RoBERTa counts from 2. Larger than the sequence length lets you train longer rows later.',
      more: true,
      follows: ['pipeline.seqLength', (length) => length + 2, 'the sequence length and 2'],
      why: 'the row length and 2, as RoBERTa counts positions.',
    }),
    hiddenDropoutProb: share('Hidden dropout', ({ hidden }) => (hidden < 64 ? 0.1 : 0.3), [0, 0.9, 0.05], {
      notebook: 0.1,
      flag: 'dropout',
      label: 'Share of numbers left out',
      help: 'Makes the model rely on more than one hint; guards against learning by heart.',
      more: true,
      why: ['Words', '0.3 and 0.4 were level at 2,048 entries.'],
    }),
    attentionProbsDropoutProb: share('Attention dropout', 0, [0, 0.9, 0.05], {
      flag: 'attention-dropout',
      label: 'Share of looks left out',
      help: 'The same, for attention.',
      more: true,
      notebook: 0.1,
      follows: ['model.hiddenDropoutProb', (dropout) => dropout, 'the hidden dropout where that is given, else 0'],
      why: '0 in all of the laboratory’s runs; other values were not compared.',
    }),
    /** All of them are plain RoBERTa weights: the export does not change. */
    initialization: choice('Initial weights', 'auto', {
      label: 'Where the weights start',
      options: {
        auto: ['Automatic', 'At neighbours from a hidden size of 64 on.'],
        normal: ['Small random numbers', 'As the library draws them.'],
        scaled: ['Scaled to the width', 'Larger where the model is narrow, so that attention has something to say.'],
        neighbours: [
          'Looking at neighbours',
          'Each head starts by reading the word beside it: leaves word frequencies far sooner.',
        ],
      },
      more: true,
      notebook: 'normal',
      why: [
        'Why it works',
        'heads that look at their neighbours leave word frequencies within 100 steps, the library’s values not in 2,250.',
      ],
    }),
    /** Deviation of the normal distribution that matrices are drawn from with `normal`. */
    initializerRange: number('Initializer range', 0.02, [0.0001, 1, 0.01], {
      label: 'Spread of the first weights',
      help: '0.02 is RoBERTa’s, chosen for a hidden size of 768. Small models learn better with more.',
      more: true,
      why: ['In Folio itself', 'the library’s; read only with its initial weights, which stay at word frequencies.'],
    }),
    layerNormEps: number('LayerNorm epsilon', 1e-5, [1e-12, 0.1, halved], {
      flag: 'layer-norm-epsilon',
      label: 'Guard against division by 0',
      help: '1e-5 is RoBERTa’s.',
      more: true,
      why: 'RoBERTa’s.',
    }),
  },
  training: {
    /** Optimizer steps. */
    steps: whole('Steps', 1500, [1, 1_000_000, 50], {
      label: 'How long it trains',
      help: 'Each step reads one batch and changes every weight a little.',
      fromText: true,
      notebook: 306,
      why: ['In Folio itself', 'the length of the full runs.'],
    }),
    /** B. */
    batchSize: whole('Batch size', ({ batchSize }) => batchSize, [1, 4096, 8], {
      label: 'Rows read in a step',
      help: 'More rows give a steadier direction and take longer.',
      why: '32 rows in all runs; 64 were not compared.',
    }),
    /** The highest one: measured at a width of 128, and by the root of the width elsewhere. */
    learningRate: number(
      'Learning rate',
      ({ hidden }) => Number((1.5e-3 * Math.sqrt(128 / hidden)).toPrecision(2)),
      [0, 10, halved],
      {
        label: 'How far a step goes',
        help: 'Too high and the loss jumps; too low and it crawls. 0 learns nothing.',
        notebook: 1e-4,
        why: [
          'Robustness',
          'a third and three times as much leave the plateau too; other widths follow its root, unmeasured.',
        ],
      },
    ),
    evalEvery: whole('Evaluate every', 50, [0, 1_000_000, 10], {
      label: 'Steps between two looks at held-out text',
      help: '0 looks only before the first and after the last step.',
      notebook: 51,
      why: 'a look costs about as much as a few steps.',
    }),
    warmupSteps: whole('Warm-up steps', null, [0, 1_000_000, 10], {
      label: 'Steps of a gentle start',
      help: 'The learning rate rises from 0 meanwhile; a tenth of all steps is usual.',
      more: true,
      notebook: 0,
      follows: ['training.steps', warmupFor, 'a tenth of the steps, 50 at most'],
      why: '50 in the laboratory’s runs, or a tenth of a shorter run.',
    }),
    schedule: choice('Schedule', 'cosine', {
      label: 'How the learning rate falls',
      options: {
        linear: ['Linear', 'In a straight line to 0.'],
        cosine: ['Cosine', 'Slowly, fast, slowly, to 0.'],
        oneCycle: ['One cycle', 'Up from a 25th and down to almost 0, along half waves.'],
        constant: ['Constant', 'Not at all.'],
      },
      more: true,
      notebook: 'constant',
      why: 'cosine in all full runs; one-cycle was not compared.',
    }) as ChoiceSetting<Schedule>,
    gradientAccumulation: whole('Gradient accumulation', 1, [1, 1024], {
      label: 'Batches in a step',
      help: 'Their gradients are averaged: a larger batch in the memory of a small one.',
      more: true,
      why: '32 rows fit everywhere.',
    }),
    weightDecay: number('Weight decay', ({ hidden }) => (hidden < 64 ? 0.1 : 0.3), [0, 1, 0.01], {
      label: 'Pull of weights towards 0',
      help: 'AdamW’s; biases and LayerNorm are left alone.',
      more: true,
      notebook: 0.01,
      why: ['Words', '0.3 came with the larger dropout; other values were not confirmed.'],
    }),
    beta1: number('Beta 1', 0.9, [0, 0.9999], {
      help: 'What AdamW’s average of the gradients keeps of itself in a step.',
      why: 'AdamW’s usual.',
    }),
    beta2: number('Beta 2', 0.98, [0, 0.999999], {
      help: 'What AdamW’s average of their squares keeps of itself in a step.',
      notebook: 0.999,
      why: 'RoBERTa’s.',
    }),
    epsilon: number('Epsilon', 1e-6, [1e-12, 0.1], {
      help: 'Added to AdamW’s denominator.',
      notebook: 1e-8,
      why: 'RoBERTa’s.',
    }),
    /** Of the global norm. */
    clipNorm: number('Gradient clipping', 1, [0, 1_000_000, 0.5], {
      label: 'Longest gradient',
      help: 'A longer one is shortened to this norm. 0 switches it off.',
      more: true,
      offAtZero: true,
      notebook: 0,
      why: '1 in all runs.',
    }),
    labelSmoothing: share('Label smoothing', 0, [0, 0.5, 0.05], {
      label: 'Doubt in the right answer',
      help: 'This share of each target is spread over the whole vocabulary. The loss shown stays without it.',
      more: true,
      offAtZero: true,
      why: 'none in all full runs.',
    }),
    keepWeights: choice('Weights kept', 'best', {
      label: 'Which weights are kept',
      options: {
        best: ['The best ones', 'Those of the lowest held-out loss on the way.'],
        last: ['The last ones', 'Those of the last step.'],
      },
      more: true,
      notebook: 'last',
      why: 'what overfits later costs nothing then; with a cosine the best are near the last.',
    }),
    averageDecay: number('Average of the weights', 0, [0, 0.9999, 0.01], {
      label: 'Memory of earlier weights',
      help: 'What an exponential average keeps of itself in a step, such as 0.99; it is looked at and kept in the weights’ place. 0 keeps none.',
      more: true,
      offAtZero: true,
      why: ['Runs', 'an average of 0.99 is up to 0.13 nats better half-way and nothing at the end of a cosine.'],
    }),
    patience: whole('Patience', 0, [0, 10_000], {
      label: 'Looks without a lower loss before it ends',
      help: '0 goes on to the last step.',
      more: true,
      offAtZero: true,
      why: 'the cosine’s end is where most of the gain is.',
    }),
    /** Of weights, data order, masks and dropout. */
    seed: whole('Seed', 1, [0, LARGEST_SEED], {
      label: 'Start of all chance',
      help: 'The same seed and settings give the same weights, bit for bit.',
      form: 'model',
      why: ['In Folio itself', 'several seeds were run, and the differences between them given.'],
    }),
    logEvery: whole('Log every', 10, [1, 1_000_000, 5], {
      label: 'Steps between two readings',
      help: 'Every step is in the log; this says how often it is fetched from the device.',
      more: true,
      withoutEffect: true,
      why: 'a matter of taste: nothing is learned from it.',
    }),
    /** The page's: a run of the command line is not kept. */
    saveEvery: whole('Save every', 30, [0, 86_400, 10], {
      label: 'Seconds between two saves',
      help: 'The run is saved on this device while it goes on. 0 saves only when it starts, pauses and ends.',
      more: true,
      withoutEffect: true,
      why: 'a matter of taste: nothing is learned from it.',
    }),
  },
} as const;
