/** Where a small run begins. */

/** Preset micro and a few steps, as the part of an address that follows the page. */
export const MICRO_LINK = `#data?${new URLSearchParams({
  'tokenizer.vocabSize': '400',
  'pipeline.seqLength': '32',
  'model.numHiddenLayers': '2',
  'model.hiddenSize': '32',
  'model.numAttentionHeads': '2',
  'model.intermediateSize': '128',
  'model.maxPositionEmbeddings': '34',
  'training.batchSize': '8',
  'training.learningRate': '0.01',
  'training.steps': '30',
  'training.warmupSteps': '3',
  'training.evalEvery': '10',
  'training.logEvery': '2',
})}`;
