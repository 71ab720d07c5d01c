/** What a person reads when something can't be done: what happened, and what to do. No blame, no jargon. */

import { counted, grouped } from './counts.ts';
import { type BackendName, DEVICE_TITLES } from './device.ts';

/** Values that an error's sentence may use. Plain data only, since they cross the thread. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

interface ErrorSentence {
  readonly what: string;
  readonly remedy: string;
}

const isNamed = ({ name }: ErrorDetails): boolean => typeof name === 'string' && name !== '';

const nameOf = (details: ErrorDetails): string => (isNamed(details) ? `“${details['name']}”` : 'The text');

const count = (value: unknown): string => grouped(Number(value));

/** In front of a sentence about a line of a file; nothing where there is no file. */
const lineOf = ({ line }: ErrorDetails): string => (line === undefined ? '' : `Line ${line}: `);

const megabytes = (bytes: unknown): string => `${(Number(bytes) / 2 ** 20).toFixed(0)} MB`;

/** Small files are measured in kilobytes: none is "0 MB". */
const sizeOf = (bytes: unknown): string =>
  Number(bytes) < 2 ** 20 ? `${Math.ceil(Number(bytes) / 2 ** 10)} kB` : megabytes(bytes);

function settingsSentence({ field, value, rule = 'The value is out of range.', range }: ErrorDetails): ErrorSentence {
  if (value !== '' && !Number.isNaN(value))
    return { what: `${field} can’t be ${value}. ${rule}`, remedy: 'Change that field.' };
  return range === undefined
    ? { what: `${field}: a value is missing.`, remedy: String(rule) }
    : { what: `${field}: a number is missing.`, remedy: `Type one ${range}.` };
}

const TO_DO: Readonly<Record<string, string>> = {
  data: 'load a text in the Data step',
  tokenizer: 'train the tokenizer in the Tokenizer step',
  pipeline: 'draw a batch in the Pipeline step',
  model: 'create the model in the Model step',
  train: 'train the model in the Train step',
};

/** What has to be done before. @example firstDo('data') === 'First load a text in the Data step.' */
export function firstDo(step: string): string {
  return `First ${TO_DO[step] ?? 'complete the earlier steps'}.`;
}

/** @example "config.json: hidden_act is “relu”." */
const ofBundle =
  (remedy: string) =>
  ({ file, field, reason }: ErrorDetails): ErrorSentence => ({
    what: field === '' ? `${file} ${reason}.` : `${file}: ${field} ${reason}.`,
    remedy,
  });

/** Every way in which Folio says no. A code is stable; its sentence may be reworded. */
const SENTENCES = {
  dataEmpty: (d) => ({
    what: isNamed(d) ? `${nameOf(d)} contains no text.` : 'The text is empty.',
    remedy: 'Choose a file that contains text, or paste some.',
  }),
  dataBinary: (d) => ({
    what: `${nameOf(d)} is not a text file: it contains bytes that do not occur in text files.`,
    remedy: 'Save the document as plain text (.txt, UTF-8) and load that.',
  }),
  dataNotUtf8: (d) => ({
    what: `${nameOf(d)} is not UTF-8, and no other known encoding can decode it.`,
    remedy: 'Check that it is a text file. If it is, open it in an editor, save it as UTF-8, and load it again.',
  }),
  dataKind: (d) => ({ what: `${nameOf(d)} is ${d['kind']}.`, remedy: String(d['advice']) }),
  dataFormat: (d) => ({
    what: `${nameOf(d)} can’t be read as ${d['format']}: ${d['reason']}.`,
    remedy: 'Check that the file is complete, export it again, or choose another format.',
  }),
  dataChoice: (d) => ({
    what: `${nameOf(d)} has no ${d['what']} “${d['value']}”.`,
    remedy: `Choose one of these: ${d['known']}.`,
  }),
  dataTooLarge: (d) => ({
    what: `${nameOf(d)} is ${megabytes(d['sizeBytes'])}; the limit is ${megabytes(d['maximumBytes'])}.`,
    remedy: 'Load part of it; a model small enough to train in a browser learns little more from the rest.',
  }),
  dataTooShort: (d) => ({
    what: `${nameOf(d)} is too short to train on: ${counted(Number(d['characters']), 'character')}, and at least ${count(d['minimum'])} are needed.`,
    remedy: 'Add more text of the same kind.',
  }),
  dataUnreadable: (d) => ({
    what: `${nameOf(d)} could not be read${typeof d['reason'] === 'string' ? ` (${d['reason']})` : ''}.`,
    remedy:
      d['isDamaged'] === true
        ? 'Download or copy the file again, then choose it again.'
        : 'Check that the file still exists and can be read, then choose it again.',
  }),
  dataSettings: settingsSentence,
  tokenizerSettings: settingsSentence,
  pipelineSettings: settingsSentence,
  modelSettings: settingsSentence,
  trainingSettings: settingsSentence,
  modelTooLarge: (d) => ({
    what: `This model would need about ${megabytes(d['sizeBytes'])}${d['inOnePiece'] === true ? ' in one buffer' : ''}, but ${d['device']} offers only ${megabytes(d['maximumBytes'])}.`,
    remedy: `Lower ${d['lower'] ?? 'the hidden size, the number of layers, the batch size or the sequence length'}.`,
  }),
  stepMissing: (d) => {
    const step = String(d['step']);
    return { what: `The ${step.charAt(0).toUpperCase()}${step.slice(1)} step is not done yet.`, remedy: firstDo(step) };
  },
  backendUnavailable: (d) => ({
    what: `${DEVICE_TITLES[d['backend'] as BackendName]} can’t be used here: ${d['reason']}`,
    remedy: 'Choose another device in the Model step.',
  }),
  nonFinite: (d) => ({
    what: `The loss became NaN or infinite at step ${d['step']}. The weights from before that step are kept.`,
    remedy: 'Lower the learning rate or the weight decay, or lengthen the warm-up; then start again.',
  }),
  deviceLost: (d) => ({
    what: `The device was lost (${d['reason'] || 'the browser gives no reason'}).`,
    remedy: 'Resume from the last checkpoint; if the device does not come back, Folio uses the next available one.',
  }),
  deviceMemory: (d) => ({
    what: `The device ran out of memory${d['step'] === undefined ? '' : ` at step ${count(d['step'])}`}.`,
    remedy:
      'Close other pages that use the device, then resume from the last checkpoint; or start a new run with a smaller batch size.',
  }),
  deviceHung: (d) => ({
    what: `The device has not responded for ${count(d['seconds'])} seconds.`,
    remedy: 'Resume from the last checkpoint; if it happens again, choose another device in the Model step.',
  }),
  storageFull: (d) => ({
    what: `There is not enough space to save this run: it needs ${sizeOf(d['neededBytes'])}${
      d['freeBytes'] === undefined ? '' : `, and only ${sizeOf(d['freeBytes'])} is free`
    }.`,
    remedy: 'Training continues. Delete runs in the Data step or free space on the disk, and saving resumes.',
  }),
  storageFailed: (d) => ({
    what: `The run could not be saved${typeof d['reason'] === 'string' ? ` (${d['reason']})` : ''}.`,
    remedy: 'Training continues, and Folio tries again. Export the model before you close the page.',
  }),
  checkpointDamaged: (d) => ({
    what: `The checkpoints of ${nameOf(d)} are damaged.`,
    remedy: 'The run can’t be resumed: delete it, and train again with its settings.',
  }),
  checkpointVersion: (d) => ({
    what: `${nameOf(d)} was saved by another version of Folio, in a format that this version can’t read.`,
    remedy: 'Open it with that version, or delete it.',
  }),
  runMissing: () => ({
    what: 'The run was not found.',
    remedy: 'It was deleted, perhaps in another tab. Choose another one.',
  }),
  runName: () => ({ what: 'The run needs a name.', remedy: 'Type a name of at most 200 characters.' }),
  runInUse: (d) => ({
    what: `${nameOf(d)} is being trained in another tab.`,
    remedy: 'Watch it here, or stop it in that tab.',
  }),
  testNoMask: () => ({ what: 'The sentence contains no <mask>.', remedy: 'Click a word to mask it, or type <mask>.' }),
  testEmpty: () => ({ what: 'The sentence is empty.', remedy: 'Type one, with <mask> where a word is missing.' }),
  testTooLong: (d) => ({
    what: `${lineOf(d)}The sentence has ${count(d['tokens'])} tokens; the limit of this model is ${count(d['maximum'])}.`,
    remedy: 'Shorten it.',
  }),
  testLongWord: (d) => ({
    what: `${lineOf(d)}“${d['word']}” has ${d['tokens']} tokens; the limit is ${d['maximum']}.`,
    remedy: 'Choose a shorter word.',
  }),
  scoreFile: (d) => ({
    what: `${d['line'] === undefined ? 'The file' : `Line ${d['line']}`} ${d['reason']}.`,
    remedy:
      'A file of items needs the columns “text” (with one <mask>) and “word”, or “good” and “bad” (two sentences).',
  }),
  insideEmpty: () => ({ what: 'The passage is empty.', remedy: 'Type or paste one.' }),
  insideTooLong: (d) => ({
    what: `The text has ${count(d['tokens'])} tokens; this view shows at most ${count(d['maximum'])}.`,
    remedy: 'Shorten it.',
  }),
  exportFailed: (d) => ({
    what: `The folder could not be written: ${d['reason']}.`,
    remedy: 'Free space or choose another place, then try again; the model is still here.',
  }),
  bundleArchive: ofBundle(
    'Choose the archive or the folder again, or download it again; what you have here is unchanged.',
  ),
  bundleUnpack: ofBundle('Unpack it, and open the folder inside.'),
  bundleSeveral: ofBundle('Open the folder of one of them.'),
  bundleFileMissing: ofBundle('Open the whole folder of the model: config.json, model.safetensors and tokenizer.json.'),
  bundleNotTheFile: ofBundle(
    'Download the file itself again (in a clone, run “git lfs pull”), then open the folder again.',
  ),
  bundleTooLarge: ofBundle('Open a smaller model.'),
  bundleChecksum: ofBundle('Download the model again, or open it unverified if you changed it yourself.'),
  bundleArchitecture: ofBundle('Folio opens RoBERTa models (RobertaForMaskedLM) with a byte-level BPE tokenizer.'),
  bundleConfig: ofBundle('Folio reads RobertaForMaskedLM models, as transformers saves them.'),
  bundleTokenizer: ofBundle(
    'Folio reads RoBERTa’s byte-level BPE with <s>, <pad>, </s>, <unk> and <mask>, as save_pretrained writes it.',
  ),
  bundleWeights: ofBundle('Save the model again with save_pretrained, or download it again.'),
  bundleForm: ofBundle(
    'Folio reads weights in safetensors and in PyTorch’s format (pytorch_model.bin). Convert these in Python: RobertaForMaskedLM.from_pretrained("folder").save_pretrained("new-folder"), with from_tf=True or from_flax=True (transformers 4) for TensorFlow or Flax weights.',
  ),
  bundleRuntime: ofBundle(
    'Download the weights themselves, model.safetensors or pytorch_model.bin, from the model’s source; a file made for inference only can’t be trained.',
  ),
  bundleAdapter: ofBundle(
    'Merge it into its base model in Python, with merge_and_unload() and save_pretrained("new-folder"), and open the result.',
  ),
  bundleNoHead: ofBundle(
    'Open it with a new head, which is then trained, or open a copy that was saved with its masked-LM head.',
  ),
  busy: (d) => ({
    what: `Folio is busy ${d['doing'] ?? 'with something else'}.`,
    remedy: 'Wait until it is done, or stop it first.',
  }),
  verifyUnavailable: () => ({
    what: 'The libraries that read the model for Verify could not be loaded.',
    remedy: 'They are downloaded when Verify is first used. Connect to the network once; after that they are kept.',
  }),
  chartNotDrawn: () => ({
    what: 'The browser did not draw the chart.',
    remedy: 'Keep this tab in the foreground and save again.',
  }),
  chartNoImage: () => ({
    what: 'The browser could not make the image.',
    remedy: 'Save the chart as SVG.',
  }),
  internal: (d) => ({
    what: `Something went wrong inside Folio${d['reason'] ? `: ${String(d['reason']).replace(/\.$/, '')}` : ''}.`,
    remedy: 'Reload the page and try again; if it happens again, please report it, quoting this message.',
  }),
} satisfies Readonly<Record<string, (details: ErrorDetails) => ErrorSentence>>;
export type ErrorCode = keyof typeof SENTENCES;

/** A `StudioError` as structured-clonable data. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** The sentence of an error. */
export function describeError({ code, details }: PlainError): ErrorSentence {
  return SENTENCES[code](details);
}

/** What went wrong and what to do, in a row. */
export function errorInWords(error: PlainError): string {
  const { what, remedy } = describeError(error);
  return `${what} ${remedy}`;
}
