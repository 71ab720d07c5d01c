/** The command line of `npm run train`, as plain data. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  configForPreset,
  DEFAULT_CONFIG,
  FIELD_PATHS,
  type FieldPath,
  fileKey,
  followed,
  PRESET_NAMES,
  type RunConfig,
  readField,
  settingOf,
  splitPath,
  withField,
} from '../src/core/config.ts';
import type { BackendChoice } from '../src/core/device.ts';
import { SETTINGS } from '../src/core/settings.ts';
import { validateRunConfig } from '../src/core/validation.ts';
import {
  DEFAULT_EXPORT,
  EXTRA_FILES,
  type ExportOptions,
  ONNX_PRECISIONS,
  WEIGHT_FORMATS,
} from '../src/files/exportOptions.ts';
import { REPAIR_NAMES, type RepairName } from '../src/text/check/finding.ts';
import { ENCODING_NAMES, findEncoding } from '../src/text/reading/encodings.ts';
import { CHOOSABLE, type ReadingChoice } from '../src/text/reading/reading.ts';
import { hasCheckpoints, readOrder } from './checkpointFolder.ts';
import {
  BACKENDS,
  commandLine,
  freeOutputFolder,
  oneOf,
  readablePath,
  readOptions,
  UsageError,
  writableFile,
} from './usage.ts';

export interface TrainRequest {
  readonly corpusPaths: readonly string[];
  /** Repairs of the text before training. */
  readonly repairs: readonly RepairName[];
  /** How the files are read, where that is not left to Folio. */
  readonly reading: ReadingChoice;
  readonly outPath: string;
  readonly casesPath: string | null;
  readonly backend: BackendChoice;
  /** In a headless Chromium, and not in Node. */
  readonly browser: boolean;
  /** A model's folder or zip to train further; null: weights are drawn. */
  readonly openPath: string | null;
  /** Whether the run that lies in `outPath` is resumed. */
  readonly resumes: boolean;
  readonly config: RunConfig;
  /** A model's settings with those that were given in their place. */
  readonly over: (base: RunConfig) => RunConfig;
  /** Settings that were not given: they may follow from the text. */
  readonly isFree: (path: FieldPath) => boolean;
  readonly exported: ExportOptions;
}

/** The options that are no settings: what stands for the value, and what it is for. */
const OPTIONS = {
  corpus: ['FILE', 'text to train on: plain, CSV, JSON, XML, subtitles and more; may be given several times'],
  'text-field': ['NAME', 'column, field or element that contains the text [the one with the most prose]'],
  encoding: ['NAME', 'encoding of the files, such as windows-1251 [detected]'],
  format: ['NAME', `format of the files: ${CHOOSABLE.join(', ')} [detected]`],
  out: ['DIR', 'folder for the trained model'],
  repair: ['LIST', `repairs of the text, comma-separated: ${REPAIR_NAMES.join(', ')}`],
  open: [
    'PATH',
    'folder or archive of a model to train further: its sizes, tokenizer and settings, except those given here',
  ],
  resume: ['DIR', 'resume the run that was interrupted in this folder, from its last checkpoint'],
  preset: ['NAME', `sizes to start from: ${PRESET_NAMES.join(', ')} [tiny]`],
  backend: ['NAME', `device: ${BACKENDS.join(', ')} [auto]`],
  weights: ['NAME', `precision of model.safetensors: ${WEIGHT_FORMATS.join(' or ')} [float32]`],
  onnx: ['LIST', `ONNX files, comma-separated: ${ONNX_PRECISIONS.join(', ')}, or none [fp32]`],
  extras: ['LIST', `extra files to include, comma-separated: ${EXTRA_FILES.join(', ')}`],
  cases: ['FILE', 'also write the model’s predictions on sample lines, for e2e/python/checkBundle.py'],
} as const;

type OptionName = keyof typeof OPTIONS;
type Values = Readonly<Partial<Record<string, string>>> & { readonly [K in OptionName]?: string };

/** The setting of each option that is one. */
const SETTING_OPTIONS: ReadonlyMap<string, FieldPath> = new Map(
  FIELD_PATHS.flatMap((path) => {
    const { flag = fileKey(splitPath(path)[1], '-') } = settingOf(path);
    return flag === null ? [] : [[flag, path]];
  }),
);

const PLACEHOLDERS = { whole: 'N', share: 'SHARE', number: 'X', choice: 'NAME' } as const;

/** What `--help` prints. */
export function trainHelp(): string {
  const line = (left: string, text: string): string => `  ${left.padEnd(28)}${text}`;
  const options = Object.entries(OPTIONS).map(([name, [value, text]]) => line(`--${name} ${value}`, text));
  const settings = [...SETTING_OPTIONS].flatMap(([name, path]) => {
    const [first = '', ...more] = settingHelp(path);
    return [line(`--${name} ${PLACEHOLDERS[settingOf(path).kind]}`, first), ...more.map((text) => line('', text))];
  });
  return [
    `${commandLine('train')} --corpus FILE --out DIR [options]`,
    `${commandLine('train')} --resume DIR`,
    '',
    ...options,
    line('--browser', 'run in headless Chromium instead of Node; without checkpoints'),
    '',
    'Settings, with their defaults in brackets (those of the preset tiny):',
    '',
    ...settings,
    '',
  ].join('\n');
}

/** What a setting is, its limits and its default; then what it does. */
function settingHelp(path: FieldPath): string[] {
  const setting = settingOf(path);
  const { term: name, help, follows, fromText, longText } = setting;
  const value = fromText ? 'from the text’s size' : readField(DEFAULT_CONFIG, path);
  const usual = follows?.[2] ?? (longText === undefined ? value : `${value}; ${longText} for long texts`);
  const more = help === undefined ? [] : [help];
  return setting.kind === 'choice'
    ? [
        `${name} [${usual}]`,
        ...more,
        ...Object.entries(setting.options).map(([value, words]) => `${value}: ${words.join('. ')}`),
      ]
    : [`${name}, ${setting.minimum} to ${setting.maximum} [${usual}]`, ...more];
}

/**
 * Reads the command line. Paths are relative to `folder`.
 *
 * @returns null if help was asked for.
 * @throws UsageError, or StudioError with the code of the setting that is wrong.
 */
export function parseTrainArgs(args: readonly string[], folder: string): TrainRequest | null {
  const given = readOptions(args, [...Object.keys(OPTIONS), ...SETTING_OPTIONS.keys()]);
  const { help, browser, lists } = given;
  const values: Values = given.values;
  if (help) return null;
  if (values.resume !== undefined) return resumeRequest(values.resume, values, folder);
  const corpusPaths = (lists['corpus'] ?? []).map((path) => readableFile(path, folder));
  if (corpusPaths.length === 0) throw new UsageError('--corpus is missing: name the text to train on.');
  if (values.out === undefined) throw new UsageError('--out is missing: name the folder for the trained model.');
  if (values.open !== undefined) refuseWithOpen(values);
  const config = settingsOver(configForPreset(oneOf('preset', values.preset ?? 'tiny', PRESET_NAMES)), values);
  const settings = new Set(
    [...SETTING_OPTIONS].flatMap(([option, path]) => (values[option] === undefined ? [] : [path])),
  );
  const isFree = (path: FieldPath): boolean => values.preset !== 'notebook' && !settings.has(path);
  // How many steps there are for the warm-up, the text is still to say.
  const mostSteps = withField(config, 'training.steps', SETTINGS.training.steps.maximum);
  validateRunConfig(isFree('training.steps') ? mostSteps : config);
  const outPath = freeOutputFolder(values.out, folder);
  if (hasCheckpoints(outPath)) {
    throw new UsageError(
      `${values.out} contains an interrupted run: resume it with --resume ${values.out}, or remove its folder “checkpoints”.`,
    );
  }
  return {
    corpusPaths,
    repairs: (values.repair?.split(',') ?? []).map((name) => oneOf('repair', name.trim(), REPAIR_NAMES)),
    reading: readReading(values),
    outPath,
    openPath: values.open === undefined ? null : readablePath(values.open, folder),
    resumes: false,
    browser,
    over: (base) => settingsOver(base, values),
    casesPath: values.cases === undefined ? null : writableFile(values.cases, folder),
    backend: oneOf('backend', values.backend ?? 'auto', BACKENDS),
    config,
    isFree,
    exported: readExport(values, DEFAULT_EXPORT),
  };
}

/** @throws UsageError for an encoding or a format that there is not */
function readReading({ encoding, format, 'text-field': field }: Values): ReadingChoice {
  if (encoding !== undefined && findEncoding(encoding) === null) {
    throw new UsageError(`--encoding can’t be "${encoding}": it must be one of ${ENCODING_NAMES.join(', ')}.`);
  }
  return {
    ...(encoding !== undefined && { encoding }),
    ...(format !== undefined && { format: oneOf('format', format, CHOOSABLE) }),
    ...(field !== undefined && { field }),
  };
}

/** Settings of the tokenizer and the model, which an opened one has already. */
function refuseWithOpen(values: Values): void {
  const refused = [...SETTING_OPTIONS].flatMap(([option, path]) => (/^(tokenizer|model)\./.test(path) ? [option] : []));
  const given = ['preset', ...refused].find((option) => values[option] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} can’t be given with --open: the model has its own.`);
}

/** What may be given with `--resume`. */
const RESUME_OPTIONS: readonly string[] = ['resume', 'weights', 'onnx', 'extras'];

/** A run is resumed with its own text, settings and device. */
function resumeRequest(path: string, values: Values, folder: string): TrainRequest {
  const given = Object.keys(values).find((option) => !RESUME_OPTIONS.includes(option));
  if (given !== undefined) throw new UsageError(`--${given} can’t be given with --resume: the run has its own.`);
  const outPath = resolve(folder, path);
  const { backend, exported } = readOrder(outPath, path);
  return {
    ...{ corpusPaths: [], repairs: [], reading: {}, outPath, openPath: null, resumes: true, browser: false, backend },
    ...{ config: DEFAULT_CONFIG, over: (base: RunConfig) => base, casesPath: null },
    isFree: () => false,
    exported: readExport(values, exported),
  };
}

function readExport({ weights, onnx, extras }: Values, usual: ExportOptions): ExportOptions {
  const listed = onnx === undefined ? usual.onnx : onnx === 'none' ? [] : onnx.split(',');
  return {
    weights: oneOf('weights', weights ?? usual.weights, WEIGHT_FORMATS),
    onnx: listed.map((name) => oneOf('onnx', name.trim(), ONNX_PRECISIONS)),
    extras: (extras?.split(',') ?? usual.extras).map((name) => oneOf('extras', name.trim(), EXTRA_FILES)),
  };
}

function readableFile(path: string, folder: string): string {
  const full = readablePath(path, folder);
  if (!statSync(full).isFile()) throw new UsageError(`${path} is not a file.`);
  return full;
}

/** Settings with those of the command line in their place; nothing is checked yet but that numbers are numbers. */
function settingsOver(base: RunConfig, values: Values): RunConfig {
  let config = base;
  const given = new Set<string>();
  for (const [option, path] of SETTING_OPTIONS) {
    const text = values[option];
    const { follows } = settingOf(path);
    if (text !== undefined) {
      config = withField(config, path, settingOf(path).kind === 'choice' ? text : readNumber(option, text));
      given.add(path);
    } else if (follows !== undefined && given.has(follows[0])) {
      config = withField(config, path, followed(config, path));
    }
  }
  return config;
}

function readNumber(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--${option} can’t be "${text}": it needs a number.`);
  return value;
}
