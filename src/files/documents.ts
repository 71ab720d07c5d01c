/**
 * The files of the bundle that tell of the model: its card, its settings, its figures, and the lines that load it. What came
 * with an opened model is passed on.
 */
import { BOS_ID, EOS_ID, MASK_ID } from '../core/config.ts';
import type { EncodedDocuments } from '../text/batches/encodeDocuments.ts';
import { HELD_OUT_MASKING_RATE, heldOutExtent, heldOutMasks, rangesWithin } from '../text/batches/heldOutBatches.ts';
import { type BundleEntry, type Bytes, bytesEntry, textEntry } from './bundleEntry.ts';
import { EVENT_FILE_PURPOSE, eventFileEntry } from './eventFile.ts';
import type { ExportedRun } from './exportedRun.ts';
import { type ExportOptions, onnxOf } from './exportOptions.ts';
import { folderName } from './folderName.ts';
import { scriptEntries } from './goingOn.ts';
import { metricsCsv } from './metricsCsv.ts';
import { modelCard } from './modelCard.ts';
import { DOCUMENT_NAMES, type DocumentName } from './readDocuments.ts';
import { trainingArgsJson } from './trainingArgs.ts';
import { javascriptUse, pythonUse } from './useScripts.ts';

const PURPOSES: Readonly<Record<DocumentName, string>> = {
  'README.md': 'The model card, with the figures of this run; the Hugging Face Hub shows it.',
  'training_args.json': 'Every setting, the split, the device and the seed, to repeat the run.',
  'metrics.csv': 'Loss, accuracy and speed by step, for a spreadsheet or pandas.',
  'evaluation.json':
    'The held-out documents as token IDs, and the masked positions, to compute the held-out loss again elsewhere.',
};

/**
 * Documents of a model that was trained here.
 * @param heldOut null where nothing is held out
 * @param fileIds ids in the files of each of the engine's; null: the same
 */
export function runDocuments(
  run: ExportedRun,
  heldOut: EncodedDocuments | null,
  options: ExportOptions,
  fileIds: Int32Array | null = null,
): BundleEntry[] {
  const evaluation = evaluationJson(run, heldOut, fileIds);
  return [
    document('README.md', modelCard(run, options.extras.includes('corpus'))),
    document('training_args.json', trainingArgsJson(run)),
    document('metrics.csv', metricsCsv(run.points, run.heldOut)),
    ...(evaluation === null ? [] : [document('evaluation.json', evaluation)]),
    eventFileEntry(run, folderName(run.name)),
    ...scriptEntries(),
    ...scripts(run.isSonnets, options),
  ];
}

/** Documents of a model that was opened and not trained since: those that came with it. */
export function importedDocuments(
  came: ReadonlyMap<string, string>,
  eventFiles: ReadonlyMap<string, Bytes>,
  options: ExportOptions,
): BundleEntry[] {
  const isSonnets = came.get('README.md')?.includes("Shakespeare's sonnets") ?? false;
  return [
    ...DOCUMENT_NAMES.flatMap((name) => {
      const content = came.get(name);
      return content === undefined ? [] : [document(name, content)];
    }),
    ...[...eventFiles].map(([path, bytes]) => bytesEntry(path, EVENT_FILE_PURPOSE, bytes)),
    ...(came.has('training_args.json') ? scriptEntries() : []),
    ...scripts(isSonnets, options),
  ];
}

function document(name: DocumentName, content: string): BundleEntry {
  return textEntry(name, PURPOSES[name], content);
}

function scripts(isSonnets: boolean, options: ExportOptions): BundleEntry[] {
  const javascript = textEntry('use.mjs', 'Five lines that load the model in JavaScript.', javascriptUse(isSonnets));
  return [
    textEntry('use.py', 'Five lines that load the model in Python.', pythonUse(isSonnets)),
    ...(onnxOf(options).length === 0 ? [] : [javascript]),
  ];
}

const howTo = (idOf: (id: number) => number): readonly string[] => [
  `Join the documents, each followed by </s> (ID ${idOf(EOS_ID)}), and cut the result into sequences of seq_length - 2 tokens, the last one shorter.`,
  `Put <s> (ID ${idOf(BOS_ID)}) before and </s> after each sequence, and <mask> (ID ${idOf(MASK_ID)}) in place of every masked token of a draw.`,
  'A draw lists positions in the documents joined without </s>. The loss is the mean of -log p(true token) over the masked tokens of all draws.',
];

/**
 * `evaluation.json`: the held-out documents as token ids, and which of them are masked in each draw, so that anybody can compute
 * the figures of the model card again, with any library.
 * @param fileIds ids in the bundle's files of each of the engine's; null: the same
 * @returns the file, or null where nothing is held out
 */
function evaluationJson(run: ExportedRun, heldOut: EncodedDocuments | null, fileIds: Int32Array | null): string | null {
  if (heldOut === null || heldOut.ids.length === 0) return null;
  const idOf = (id: number): number => fileIds?.[id] ?? id;
  const { splitSeed } = run.config.data;
  const extent = heldOutExtent(heldOut, 'final');
  const draws = heldOutMasks(heldOut, { splitSeed, vocabSize: run.vocabSize, ...extent });
  const ranges = [...rangesWithin(heldOut, extent.maximumTokens)];
  const documents = ranges.map(([, start, end]) => [...heldOut.ids.subarray(start, end)]);
  const last = run.heldOut.at(-1);
  const fields: [string, unknown][] = [
    ['how', howTo(idOf)],
    ['split_seed', splitSeed],
    ['masking_rate', HELD_OUT_MASKING_RATE],
    ['seq_length', run.config.pipeline.seqLength],
    ['line_break_id', idOf(heldOut.lineBreakId)],
    ['vocab_size', run.vocabSize],
    ['loss', last?.loss ?? null],
    ['top1', last?.top1 ?? null],
    ['top5', last?.top5 ?? null],
    ['documents', documents.map((ids) => ids.map(idOf))],
    ['draws', draws.map((draw) => [...draw])],
  ];
  // A line for each field: the lists are long.
  return `{\n${fields.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}\n}\n`;
}
