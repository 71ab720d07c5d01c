/** What a model would cost, before anything is allocated. */
import type { ModelConfig, RunConfig } from '../../core/config.ts';
import { trainingMemoryBytes, trainingStepFlops } from '../../model/cost.ts';
import { countParameters, parameterSpecs } from '../../model/parameters.ts';
import { sizeOf } from '../../model/value.ts';

/** Where the parameters are: `embeddings + L · (attention + feedForward) + head` is all of them. */
export function modelParts(model: ModelConfig, vocabSize: number) {
  const specs = parameterSpecs(model, vocabSize);
  const sum = (belongs: (name: string) => boolean): number =>
    specs.filter(({ name }) => belongs(name)).reduce((total, { shape }) => total + sizeOf(shape), 0);
  const first = 'roberta.encoder.layer.0.';
  return {
    embeddings: sum((name) => name.startsWith('roberta.embeddings.')),
    attention: sum((name) => name.startsWith(`${first}attention.`)),
    feedForward: sum((name) => name.startsWith(first) && !name.startsWith(`${first}attention.`)),
    head: sum((name) => name.startsWith('lm_head.')),
  };
}

/** The cost of one optimizer step and of holding the model. */
export function estimateModel({ model, pipeline, training }: RunConfig, vocabSize: number) {
  const { seqLength, maskingRate, lossPositions } = pipeline;
  const { batchSize, gradientAccumulation } = training;
  const positions = batchSize * seqLength;
  const maskedRows = lossPositions === 'all' ? positions : Math.ceil(positions * maskingRate);
  const batch = { batchSize, seqLength, maskedRows };
  const parameters = countParameters(model, vocabSize);
  return {
    parameters,
    /** Of the weights alone, as the export writes them. */
    weightBytes: 4 * parameters,
    /** While training: weights, gradients, AdamW moments, activations. */
    memoryBytes: trainingMemoryBytes(model, vocabSize, batch),
    flopsPerStep: gradientAccumulation * trainingStepFlops(model, vocabSize, batch),
  };
}
