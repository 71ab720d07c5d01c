/** The files of the bundle that tell of the model: its card, its settings, its figures, and the lines that load it. */
import type { EncodedDocuments } from '../../text/batches/encodeDocuments.ts';
import { type BundleEntry, bytesEntry, textEntry } from './bundleEntry.ts';
import type { Bytes } from './bytes.ts';
import { evaluationJson } from './evaluationJson.ts';
import { folderName } from './folderName.ts';
import { scriptEntries } from './goingOn.ts';
import { metricsCsv } from './metricsCsv.ts';
import { modelCard } from './modelCard.ts';
import { type ExportOptions, onnxOf } from './options.ts';
import type { ExportedRun } from './run.ts';
import { EVENT_FILE_PURPOSE, eventFileEntry } from './tensorboard/eventFile.ts';
import { trainingArgsJson } from './trainingArgs.ts';
import { javascriptUse, pythonUse } from './useScripts.ts';

const PURPOSES = {
  'README.md': 'The model card, with the figures of this run; the Hugging Face Hub shows it.',
  'training_args.json': 'Every setting, the split, the device and the seed, to repeat the run.',
  'metrics.csv': 'Loss, accuracy and speed by step, for a spreadsheet or pandas.',
  'evaluation.json':
    'The held-out documents as token ids, and the masked places: to compute the held-out loss again elsewhere.',
} as const;
type DocumentName = keyof typeof PURPOSES;

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
    document('README.md', modelCard(run)),
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
  const names = Object.keys(PURPOSES) as DocumentName[];
  const isSonnets = came.get('README.md')?.includes("Shakespeare's sonnets") ?? false;
  return [
    ...names.flatMap((name) => {
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
  const javascript = textEntry('use.mjs', 'Five lines that load it in JavaScript.', javascriptUse(isSonnets));
  return [
    textEntry('use.py', 'Five lines that load it in Python.', pythonUse(isSonnets)),
    ...(onnxOf(options).length === 0 ? [] : [javascript]),
  ];
}
