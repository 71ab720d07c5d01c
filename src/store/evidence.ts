/** Where every default comes from: the experiment behind it, or that there is none. Sections are those of docs/LEARNING.md. */
import { DEFAULT_CONFIG } from '../core/config.ts';
import { type FieldPath, readField } from './limits.ts';

/** Headings of docs/LEARNING.md. */
export const SECTIONS = [
  'In Folio itself',
  'Vocabulary',
  'Reference lines on the same masks',
  'Runs',
  'Why it works',
  'Robustness',
  'What is not shown',
] as const;

export interface Evidence {
  /** What was found, in a sentence that follows "Default …: ". */
  readonly words: string;
  readonly section: (typeof SECTIONS)[number];
}

const notCompared = (words: string): Evidence => ({ words, section: 'What is not shown' });

export const EVIDENCE: Readonly<Record<FieldPath, Evidence>> = {
  'data.heldOutShare': {
    words: '15 of the 154 sonnets, enough for a standard error of 0.018 nats over masks.',
    section: 'Reference lines on the same masks',
  },
  'data.splitSeed': {
    words: 'the split that was used while choosing; the defaults were then checked on others.',
    section: 'In Folio itself',
  },
  'tokenizer.vocabSize': {
    words: 'for the sonnets: 0.5 nats under the table of neighbours, where 1,024 entries ended 0.35 under theirs.',
    section: 'Vocabulary',
  },
  'tokenizer.minFrequency': notCompared('a pair seen once teaches nothing; other values were not compared.'),
  'pipeline.seqLength': {
    words: 'one sonnet is about 270 tokens; rows of other lengths were not trained to the end.',
    section: 'What is not shown',
  },
  'pipeline.packing': notCompared('no position is padding; the notebook’s one line a row is there to compare.'),
  'pipeline.maskingRate': {
    words: 'faster by 0.25 nats at step 200 than 0.15 (B_mask30 against A1).',
    section: 'Runs',
  },
  'pipeline.maskingStrategy': {
    words: 'faster by 0.12 nats at step 200 than all <mask> (H_bert against H_base).',
    section: 'Runs',
  },
  'pipeline.maskingUnit': notCompared('RoBERTa’s way; words and spans were not trained to the end.'),
  'pipeline.masking': notCompared('RoBERTa’s way; masks drawn once belong to the notebook’s recipe.'),
  'pipeline.lossPositions': {
    words: 'every position counts padding and unhidden words, which hides the plateau.',
    section: 'In Folio itself',
  },
  'model.hiddenSize': {
    words: '128 is where full runs were made; 256 overfits the sonnets early.',
    section: 'Robustness',
  },
  'model.numHiddenLayers': {
    words: '2 is where full runs were made; 3, 4 and 6 leave the plateau as well.',
    section: 'Robustness',
  },
  'model.numAttentionHeads': {
    words: '4 and 8 heads at a width of 256 were level (E_w256, E_w256h8).',
    section: 'Runs',
  },
  'model.intermediateSize': notCompared('four times the width, as in BERT.'),
  'model.maxPositionEmbeddings': notCompared('the row length and 2, as RoBERTa counts positions.'),
  'model.hiddenDropoutProb': {
    words: 'at 512 entries 2.67 nats after 2,000 steps, where 0.2 ended at 2.79 after 1,500.',
    section: 'In Folio itself',
  },
  'model.attentionProbsDropoutProb': notCompared('0 in all of the laboratory’s runs; other values were not compared.'),
  'model.layerNormEps': notCompared('RoBERTa’s.'),
  'model.initialization': {
    words:
      'heads that look at their neighbours leave word frequencies within 100 steps, the library’s values not in 2,250.',
    section: 'Why it works',
  },
  'model.initializerRange': {
    words: 'the library’s; read only with its initial weights, which stay at word frequencies.',
    section: 'In Folio itself',
  },
  'training.steps': { words: 'the length of the full runs.', section: 'In Folio itself' },
  'training.batchSize': notCompared('32 rows in all runs; 64 were not compared.'),
  'training.gradientAccumulation': notCompared('32 rows fit everywhere.'),
  'training.learningRate': {
    words: 'a third and three times as much leave the plateau too; other widths follow its root, unmeasured.',
    section: 'Robustness',
  },
  'training.warmupSteps': notCompared('50 in the laboratory’s runs, or a tenth of a shorter run.'),
  'training.schedule': notCompared('cosine in all full runs; one-cycle was not compared.'),
  'training.weightDecay': notCompared('0.1 in the laboratory’s runs; 0.3 came together with other changes.'),
  'training.beta1': notCompared('AdamW’s usual.'),
  'training.beta2': notCompared('RoBERTa’s.'),
  'training.epsilon': notCompared('RoBERTa’s.'),
  'training.clipNorm': notCompared('1 in all runs.'),
  'training.labelSmoothing': notCompared('none in all full runs.'),
  'training.averageDecay': {
    words: 'an average of 0.99 is up to 0.13 nats better half-way and nothing at the end of a cosine.',
    section: 'Runs',
  },
  'training.keepWeights': notCompared(
    'what overfits later costs nothing then; with a cosine the best are near the last.',
  ),
  'training.patience': notCompared('the cosine’s end is where most of the gain is.'),
  'training.seed': {
    words: 'several seeds were run, and the differences between them given.',
    section: 'In Folio itself',
  },
  'training.logEvery': notCompared('a matter of taste: nothing is learned from it.'),
  'training.evalEvery': notCompared('a look costs about as much as a few steps.'),
  'training.saveEvery': notCompared('a matter of taste: nothing is learned from it.'),
};

/** @example whyDefault('pipeline.maskingRate') // 'Default 0.3: faster by … (docs/LEARNING.md, “Runs”)' */
export function whyDefault(path: FieldPath): string {
  const { words, section } = EVIDENCE[path];
  const value = readField(DEFAULT_CONFIG, path);
  const shown = typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 6 }) : value;
  return `Default ${shown}: ${words} (docs/LEARNING.md, “${section}”)`;
}
