/** `README.md` of the bundle: the model card, with the figures of the run. */
import {
  type ConfigPart,
  FIELD_PATHS,
  type FieldPath,
  MASK_ID,
  type RunConfig,
  readField,
  SPECIAL_TOKENS,
  settingOf,
  splitPath,
} from '../core/config.ts';
import { counted, grouped } from '../core/counts.ts';
import { deviceName } from '../core/device.ts';
import { escapeMarkdown, markdownTable } from '../core/markdown.ts';
import { countParameters } from '../model/parameters.ts';
import { answers, results } from './cardResults.ts';
import type { ExportedRun } from './exportedRun.ts';
import { folderName } from './folderName.ts';
import { exampleSentence } from './useScripts.ts';

/** Files that the card names; further ones are counted. */
const MOST_SOURCES = 20;

/**
 * The model card. It names the text's files and counts, and holds nothing of the text itself but the few lines that the
 * model was asked about.
 * @param holdsText whether `corpus.txt` lies beside it
 * Source: Mitchell et al. (2019), "Model Cards for Model Reporting"; YAML header as the Hugging Face Hub reads it.
 */
export function modelCard(run: ExportedRun, holdsText = false): string {
  const sections = [
    header(run),
    introduction(run),
    results(run),
    ...answers(run),
    usage(run),
    text(run, holdsText),
    architecture(run),
    recipe(run),
    limits(run),
  ];
  return `${sections.join('\n\n')}\n`;
}

function header({ isSonnets, startedFrom }: ExportedRun): string {
  return [
    '---',
    ...(isSonnets ? ['language: en'] : []),
    'library_name: transformers',
    'pipeline_tag: fill-mask',
    `mask_token: "${SPECIAL_TOKENS[MASK_ID]}"`,
    'tags:',
    '  - roberta',
    '  - fill-mask',
    '  - masked-language-modeling',
    ...(startedFrom === null ? ['  - trained-from-scratch'] : []),
    '  - folio',
    '---',
  ].join('\n');
}

function introduction(run: ExportedRun): string {
  const { config, step, corpus } = run;
  const parameters = grouped(countParameters(config.model, run.vocabSize));
  const source = run.isSonnets
    ? `Shakespeare's sonnets (${counted(corpus.documents, 'poem')})`
    : `a text of ${counted(corpus.words, 'word')}`;
  const progress =
    step < config.training.steps
      ? `${grouped(step)} of ${counted(config.training.steps, 'planned step')}`
      : counted(step, 'step');
  return [
    `# ${escapeMarkdown(run.name) || 'A small BERT'}`,
    '',
    run.startedFrom === null
      ? `A RoBERTa with a masked language modelling head and ${parameters} parameters, trained from scratch on ${source} for ` +
        `${progress}. ${
          run.tokenizerFrom === null
            ? 'Tokenizer and weights were trained with Folio'
            : `Its weights were trained with Folio; its tokenizer is that of “${escapeMarkdown(run.tokenizerFrom)}”`
        }. It contains no pretrained weights.`
      : `A RoBERTa with a masked language modelling head and ${parameters} parameters. Its tokenizer and initial weights are those of ` +
        `“${escapeMarkdown(run.startedFrom)}”; it was trained further with Folio, on ${source} for ${progress}.`,
  ].join('\n');
}

function usage({ name, isSonnets }: ExportedRun): string {
  return `## How to use it

Python, with \`transformers\` and \`torch\`, run in the directory that contains this folder:

\`\`\`python
from transformers import pipeline

fill = pipeline("fill-mask", model="./${folderName(name)}")
for guess in fill("${exampleSentence(isSonnets)}"):
    print(round(guess["score"], 3), guess["token_str"])
\`\`\`

\`RobertaForMaskedLM.from_pretrained\` and \`AutoTokenizer.from_pretrained\` take the same folder. JavaScript
(Transformers.js) runs the files under \`onnx/\`, where there are any. \`use.py\` is the Python above, ready to run; with ONNX files, \`use.mjs\` does the same in JavaScript.`;
}

function text(run: ExportedRun, holdsText: boolean): string {
  const { corpus, config } = run;
  const named = run.sourceNames.slice(0, MOST_SOURCES).map(escapeMarkdown).join(', ');
  const more = run.sourceNames.length - MOST_SOURCES;
  const files = more > 0 ? `${named} and ${grouped(more)} more` : named;
  const table = markdownTable(
    ['', 'all', 'training', 'held out'],
    [
      ['documents', grouped(corpus.documents), grouped(corpus.trainingDocuments), grouped(corpus.heldOutDocuments)],
      ['lines', grouped(corpus.samples), grouped(corpus.trainingSamples), grouped(corpus.heldOutSamples)],
      [
        'tokens',
        grouped(run.trainingTokens + run.heldOutTokens),
        grouped(run.trainingTokens),
        grouped(run.heldOutTokens),
      ],
      ['words', grouped(corpus.words), '', ''],
      ['distinct words', grouped(corpus.distinctWords), '', ''],
      ['characters', grouped(corpus.characters), '', ''],
      ['bytes', grouped(corpus.sizeBytes), '', ''],
    ],
  );
  const asked = config.tokenizer.vocabSize;
  return [
    '## Text and tokenizer',
    '',
    `Source: ${files || 'pasted text'}.${readAs(run)} ${whereTextIs(run, holdsText)}`,
    '',
    ...repairsOf(run),
    table,
    '',
    (run.startedFrom === null && run.tokenizerFrom === null
      ? `Byte-level BPE trained on the training text: ${grouped(run.vocabSize)} tokens (${grouped(asked)} asked for), ` +
        `${counted(run.merges, 'merge')}, minimum pair frequency ${grouped(config.tokenizer.minFrequency)}. `
      : `Byte-level BPE of an opened model: ${grouped(asked)} tokens, ${counted(run.merges, 'merge')}. `) +
      readsCase(run),
  ].join('\n');
}

function repairsOf({ repairs }: ExportedRun): string[] {
  if (repairs.length === 0) return [];
  return ['Changed in the text before training:', '', ...repairs.map((repair) => `- ${escapeMarkdown(repair)}`), ''];
}

/** How the files were read, where they are not plain UTF-8. */
function readAs({ readAs: all }: ExportedRun): string {
  if (all.length === 0) return '';
  const named = all.slice(0, MOST_SOURCES).map(escapeMarkdown).join('; ');
  return ` Read as: ${named}${all.length > MOST_SOURCES ? `; and ${grouped(all.length - MOST_SOURCES)} more` : ''}.`;
}

/** What the tokenizer does to a text, and that it can write all of it. */
function readsCase({ normalizers }: ExportedRun): string {
  const named = normalizers.length === 0 ? '' : `Normalizers: ${normalizers.join(', ')}. `;
  return `${named}${normalizers.includes('Lowercase') ? 'No' : 'Case is kept; no'} text is out of vocabulary.`;
}

/** In the past tense: a later export of the opened folder passes the card on, perhaps without `corpus.txt`. */
function whereTextIs({ heldOut, verses }: ExportedRun, holdsText: boolean): string {
  if (holdsText) return 'The text was exported with the model, as `corpus.txt`.';
  const parts = [
    ...(verses.length > 0 ? ['the lines above'] : []),
    ...(heldOut.length > 0 ? ['the held-out documents as token IDs in `evaluation.json`'] : []),
  ];
  return `The text itself is not in this folder${parts.length === 0 ? '' : `, except for ${parts.join(' and ')}`}.`;
}

function architecture({ config, vocabSize, startedFrom }: ExportedRun): string {
  const positions = config.model.maxPositionEmbeddings;
  const rows = [
    ...settingRows(config, ['model'], {
      'model.maxPositionEmbeddings': `${positions} (texts of up to ${positions - 2} tokens)`,
      ...(startedFrom !== null && { 'model.initialization': 'the opened model’s weights' }),
    }),
    ['vocabulary', grouped(vocabSize)],
    ['parameters', grouped(countParameters(config.model, vocabSize))],
  ];
  return ['## Model', '', markdownTable(['RoBERTa', ''], rows)].join('\n');
}

function recipe(run: ExportedRun): string {
  const { config, weightsStep } = run;
  const rows = [
    ['optimizer', 'AdamW'],
    ...settingRows(config, ['data', 'pipeline', 'training'], {
      'training.steps': `${grouped(run.step)} of ${grouped(config.training.steps)}`,
      'training.keepWeights': `${shown(config, 'training.keepWeights')} Here: step ${grouped(weightsStep)}.`,
    }),
    ['time', `${(run.elapsedMs / 1000).toFixed(1)} s`],
    ['device', escapeMarkdown(deviceName(run.device.active, run.device.adapter))],
    ...Object.entries(run.versions).map(([name, version]) => [escapeMarkdown(name), escapeMarkdown(version)]),
  ];
  return [
    '## Training',
    '',
    markdownTable(['setting', 'value'], rows),
    '',
    '`training_args.json` holds every setting, `metrics.csv` the curves, and `tensorboard --logdir runs` draws them.',
  ].join('\n');
}

/** A row for each setting of some parts that what is learned depends on; `own`: what the card says of one itself. */
function settingRows(
  config: RunConfig,
  parts: readonly ConfigPart[],
  own: Readonly<Partial<Record<FieldPath, string>>>,
): string[][] {
  return FIELD_PATHS.filter((path) => parts.includes(splitPath(path)[0]) && !settingOf(path).withoutEffect).map(
    // "LayerNorm epsilon" keeps its capital.
    (path) => [
      settingOf(path).term.replace(/^[A-Z](?=[a-z]*\b)/, (first) => first.toLowerCase()),
      own[path] ?? shown(config, path),
    ],
  );
}

/** @example shown(config, 'pipeline.packing') === 'Packed: Documents follow each other; no position is padding.' */
function shown(config: RunConfig, path: FieldPath): string {
  const setting = settingOf(path);
  const value = readField(config, path);
  if (setting.kind === 'choice') return escapeMarkdown((setting.options[value] ?? [String(value)]).join(': '));
  return value === 0 && setting.offAtZero ? 'none' : String(value);
}

function limits({ config: { model, pipeline }, heldOut, startedFrom }: ExportedRun): string {
  const longest = model.maxPositionEmbeddings - 2;
  const untrained =
    pipeline.seqLength < longest
      ? ` It was trained on sequences of ${pipeline.seqLength} tokens, so later positions are untrained.`
      : '';
  const elsewhere =
    heldOut.length > 0
      ? '\n- The figures above are for text from the same source; they say nothing about other text.'
      : '';
  return `## Limits

- ${startedFrom === null ? 'It knows this one text and nothing else' : `It started from “${escapeMarkdown(startedFrom)}” and was trained further on this text`}. It is a model to learn from, not to rely on.
- It repeats the views and the language of its text, and may repeat passages of it.${elsewhere}
- It reads ${longest} tokens at most, and fills in single tokens, which are often parts of words.${untrained}
- No licence is given here: it is for whoever trained the model to choose one, with regard to the rights to the text.`;
}
