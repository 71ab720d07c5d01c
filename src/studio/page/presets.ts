/** Presets: which one the settings are of, and taking one over. */
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

/**
 * The settings with the sizes of a preset; dropout, masking and the rest stay. The notebook's recipe comes and goes as a
 * whole.
 */
export function withPreset(config: RunConfig, name: PresetName): RunConfig {
  const preset = configForPreset(name);
  if (name === 'notebook' || presetOf(config) === 'notebook') {
    return { ...preset, data: config.data, training: { ...preset.training, seed: config.training.seed } };
  }
  return FIELD_PATHS.filter(isOfPreset).reduce((next, path) => withField(next, path, readField(preset, path)), config);
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
