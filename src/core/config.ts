/**
 * A run's settings, as plain data. One `RunConfig` describes a run completely: with the text, the seed and the execution plan
 * it gives the same weights, bit for bit. What each setting is, stands in `settings.ts`.
 */
import type { ChoiceSetting, Setting } from './settingRow.ts';
import { SETTINGS } from './settings.ts';

/** Ids of the special tokens, in the order in which the tokenizer is trained with them. */
export const SPECIAL_TOKENS = ['<s>', '<pad>', '</s>', '<mask>', '<unk>'] as const;
export const BOS_ID = 0;
export const PAD_ID = 1;
export const EOS_ID = 2;
export const MASK_ID = 3;
/** Ids below this one are special: never masked, never drawn as a random replacement. */
export const FIRST_ORDINARY_ID = SPECIAL_TOKENS.length;

type Settings = typeof SETTINGS;
type ValueOf<S> = S extends ChoiceSetting<infer T> ? T : number;
export type ConfigPart = keyof Settings;
export type RunConfig = {
  readonly [P in ConfigPart]: { readonly [K in keyof Settings[P]]: ValueOf<Settings[P][K]> };
};
export type DataConfig = RunConfig['data'];
export type TokenizerConfig = RunConfig['tokenizer'];
export type PipelineConfig = RunConfig['pipeline'];
export type MaskingStrategy = PipelineConfig['maskingStrategy'];
export type MaskingUnit = PipelineConfig['maskingUnit'];
/** RoBERTa's sizes. `vocabSize` is the trained tokenizer's, so it is not among them. */
export type ModelConfig = RunConfig['model'];
export type TrainingConfig = RunConfig['training'];
/** What a run reads beside its text and tokenizer: what decides how much it needs. */
export type RunSettings = Pick<RunConfig, 'model' | 'pipeline' | 'training'>;

/** "tokenizer.vocabSize" and the like: every setting. */
export type FieldPath = { [P in ConfigPart]: `${P}.${keyof Settings[P] & string}` }[ConfigPart];

export const CONFIG_PARTS = Object.keys(SETTINGS) as readonly ConfigPart[];
/** Every setting, in the order of the table. */
export const FIELD_PATHS: readonly FieldPath[] = CONFIG_PARTS.flatMap((part) =>
  Object.keys(SETTINGS[part]).map((key) => `${part}.${key}` as FieldPath),
);

/** @example splitPath('tokenizer.vocabSize') // ['tokenizer', 'vocabSize'] */
export function splitPath(path: FieldPath): [part: ConfigPart, key: string] {
  return path.split('.') as [ConfigPart, string];
}

/** A setting's key as files write it, and with hyphens the command line. @example fileKey('seqLength') === 'seq_length' */
export function fileKey(key: string, between = '_'): string {
  return key.replace(/[A-Z]/g, (letter) => between + letter.toLowerCase());
}

/** The row of a setting. */
export function settingOf(path: FieldPath): Setting {
  const [part, key] = splitPath(path);
  return (SETTINGS[part] as Readonly<Record<string, Setting>>)[key] as Setting;
}

/** The value at a path. An empty number field holds NaN. */
export function readField(config: RunConfig, path: FieldPath): string | number {
  const [part, key] = splitPath(path);
  return (config[part] as Readonly<Record<string, string | number>>)[key] ?? Number.NaN;
}

/** The settings with another value at a path, whatever it is. */
export function withField(config: RunConfig, path: FieldPath, value: string | number): RunConfig {
  const [part, key] = splitPath(path);
  return { ...config, [part]: { ...config[part], [key]: value } };
}

/** The value that a setting takes from the one that it follows; NaN where it follows none. */
export function followed(config: RunConfig, path: FieldPath): number {
  const [source = '', rule] = settingOf(path).follows ?? [];
  return rule?.(Number(readField(config, source as FieldPath))) ?? Number.NaN;
}

const preset = (
  layers: number,
  hidden: number,
  heads: number,
  seqLength: number,
  batchSize: number,
  purpose: string,
) => ({ layers, hidden, heads, seqLength, batchSize, purpose });

/** Sizes by the field's names for BERT miniatures, and what they are for. Source: Turc et al. (2019), Table 1. */
export const PRESETS = {
  micro: preset(2, 32, 2, 32, 8, 'for a first try on any device'),
  tiny: preset(2, 128, 4, 64, 32, 'for the sonnets on any device'),
  mini: preset(4, 256, 4, 64, 32, 'for a laptop’s GPU'),
  small: preset(4, 512, 8, 128, 16, 'for a good GPU'),
  medium: preset(8, 512, 8, 128, 16, 'for a large GPU'),
  'roberta-6x768': preset(6, 768, 12, 512, 16, 'the size of a common tutorial notebook'),
  notebook: preset(6, 768, 12, 512, 16, 'a common tutorial notebook’s recipe, for comparison'),
};
export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/**
 * The default run with the sizes of a preset. Why these values: docs/LEARNING.md. `notebook` is no recommendation: it is the
 * recipe that the tutorials train (lines padded, every position in the loss, masks drawn once, the library's initial weights,
 * a constant rate), to compare with.
 */
export function configForPreset(name: PresetName): RunConfig {
  return FIELD_PATHS.reduce(
    (config, path) => withField(config, path, presetValue(config, path, name)),
    {} as RunConfig,
  );
}

/** @param config holds what stands further up in the table */
function presetValue(config: RunConfig, path: FieldPath, name: PresetName): string | number {
  const row = settingOf(path);
  if (name === 'notebook' && row.notebook !== undefined) return row.notebook;
  if (typeof row.default === 'function') return row.default(PRESETS[name]);
  return row.default ?? followed(config, path);
}

/** Whether the sizes of a preset say what it is. */
export function isOfPreset(path: FieldPath): boolean {
  const { default: usual, follows } = settingOf(path);
  return typeof usual === 'function' || (usual === null && isOfPreset(follows?.[0] as FieldPath));
}

/** What a person finds in the fields on arrival. */
export const DEFAULT_CONFIG: RunConfig = configForPreset('tiny');

/** Narrower models have too few dimensions to hold words beside positions: measured at 32, see docs/LEARNING.md. */
const NARROWEST_FOR_NEIGHBOURS = 64;

/** What the initial weights `auto` stand for. */
export function startsAtNeighbours({ initialization, hiddenSize }: ModelConfig): boolean {
  return initialization === 'neighbours' || (initialization === 'auto' && hiddenSize >= NARROWEST_FOR_NEIGHBOURS);
}
