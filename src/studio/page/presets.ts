/** Presets: which one the settings are of, taking one over, and what follows from the text. */
import {
  configForPreset,
  FIELD_PATHS,
  type FieldPath,
  isOfPreset,
  PRESET_NAMES,
  type PresetName,
  type RunConfig,
  readField,
  withField,
} from '../../core/config.ts';
import { suggestSettings, type TextSize } from '../../text/tokenizer/suggestSize.ts';

/**
 * The settings with the sizes of a preset and what follows from them and from the text; masking and the rest stay. The
 * notebook's recipe comes and goes as a whole.
 * @param text null: none is loaded
 */
export function withPreset(config: RunConfig, name: PresetName, text: TextSize | null): RunConfig {
  const preset = configForPreset(name);
  if (name === 'notebook' || presetOf(config) === 'notebook') {
    return { ...preset, data: config.data, training: { ...preset.training, seed: config.training.seed } };
  }
  const suggested = text === null ? {} : suggestSettings(text);
  const usual = (path: FieldPath): string | number => suggested[path] ?? readField(preset, path);
  return FIELD_PATHS.filter(isOfPreset).reduce((next, path) => withField(next, path, usual(path)), config);
}

/**
 * The settings with what follows from a text, where they are the preset's or followed from the text before: what was typed
 * stays, and the notebook's recipe as a whole.
 */
export function withSuggestions(config: RunConfig, text: TextSize | null, before: TextSize | null): RunConfig {
  if (text === null || presetOf(config) === 'notebook') return config;
  const usual = configForPreset(presetOf(config) ?? 'tiny');
  const [former, suggested] = [before === null ? {} : suggestSettings(before), suggestSettings(text)];
  return (Object.keys({ ...former, ...suggested }) as FieldPath[])
    .filter((path) => [readField(usual, path), former[path]].includes(readField(config, path)))
    .reduce((next, path) => withField(next, path, suggested[path] ?? readField(usual, path)), config);
}

/** What a preset is recognised by: not the rest, which may be changed without leaving it. */
const SHAPE: readonly FieldPath[] = [
  'model.numHiddenLayers',
  'model.hiddenSize',
  'model.numAttentionHeads',
  'model.intermediateSize',
  'pipeline.seqLength',
];

const CONFIGS = PRESET_NAMES.map((name) => [name, configForPreset(name)] as const);

/** The preset whose sizes these are, or null. */
export function presetOf(config: RunConfig): PresetName | null {
  const isNotebook = config.pipeline.packing === 'lines' && config.pipeline.lossPositions === 'all';
  const found = CONFIGS.find(
    ([name, preset]) =>
      (name === 'notebook') === isNotebook &&
      SHAPE.every((path) => readField(config, path) === readField(preset, path)),
  );
  return found?.[0] ?? null;
}
