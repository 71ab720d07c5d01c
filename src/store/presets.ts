/** Presets: which one the settings are of, and taking one over. */
import { configForPreset, PRESET_NAMES, PRESETS, type PresetName, type RunConfig } from '../core/config.ts';

/**
 * The settings with the sizes of a preset; dropout, masking and the rest stay. The notebook's recipe comes and goes as a
 * whole.
 */
export function withPreset(config: RunConfig, name: PresetName): RunConfig {
  const preset = configForPreset(name);
  if (name === 'notebook' || presetOf(config) === 'notebook') {
    return { ...preset, data: config.data, training: { ...preset.training, seed: config.training.seed } };
  }
  const { hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize, maxPositionEmbeddings } = preset.model;
  return {
    ...config,
    model: {
      ...config.model,
      hiddenSize,
      numHiddenLayers,
      numAttentionHeads,
      intermediateSize,
      maxPositionEmbeddings,
    },
    pipeline: { ...config.pipeline, seqLength: preset.pipeline.seqLength },
    training: {
      ...config.training,
      batchSize: preset.training.batchSize,
      learningRate: preset.training.learningRate,
    },
  };
}

/** The preset whose sizes these are, or null. */
export function presetOf({ model, pipeline }: RunConfig): PresetName | null {
  const matches = (name: PresetName): boolean => {
    const { layers, hidden, heads, seqLength } = PRESETS[name];
    const isNotebook = pipeline.packing === 'lines' && pipeline.lossPositions === 'all';
    return (
      (name === 'notebook') === isNotebook &&
      model.numHiddenLayers === layers &&
      model.hiddenSize === hidden &&
      model.numAttentionHeads === heads &&
      model.intermediateSize === 4 * hidden &&
      pipeline.seqLength === seqLength
    );
  };
  return PRESET_NAMES.find(matches) ?? null;
}
