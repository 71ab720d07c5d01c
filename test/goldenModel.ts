/** The model that transformers wrote (`test/golden/tiny-roberta`), opened on a backend. */
import { afterAll, beforeAll, expect } from 'vitest';
import { deviceMemory, probeDevice } from '../src/compute/backend.ts';
import { Roberta } from '../src/compute/model/robertaModel.ts';
import type { BackendName } from '../src/core/device.ts';
import { createTokenizer } from '../src/text/tokenizer/tokenizer.ts';
import bundleConfig from './golden/tiny-roberta/config.json';
import mergesTxt from './golden/tiny-roberta/merges.txt?raw';
import bundleUrl from './golden/tiny-roberta/model.safetensors?url';
import vocabJson from './golden/tiny-roberta/vocab.json?raw';
import { loadSafetensors, weightsUnder } from './goldenFiles.ts';
import { trainedBpe } from './trainedBpe.ts';

export const GOLDEN_CONFIG = bundleConfig;

export const goldenTokenizer = createTokenizer(trainedBpe(vocabJson, mergesTxt));

/** On the active backend, without dropout. Whoever opens it disposes of it. */
export async function openGoldenModel(): Promise<Roberta> {
  const sizes = {
    hiddenSize: bundleConfig.hidden_size,
    numHiddenLayers: bundleConfig.num_hidden_layers,
    numAttentionHeads: bundleConfig.num_attention_heads,
    intermediateSize: bundleConfig.intermediate_size,
    maxPositionEmbeddings: bundleConfig.max_position_embeddings,
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0,
    layerNormEps: bundleConfig.layer_norm_eps,
    initialization: 'normal',
    initializerRange: 0.02,
  } as const;
  return new Roberta(sizes, bundleConfig.vocab_size, weightsUnder(await loadSafetensors(bundleUrl), ''));
}

/** One model for all tests of a `describe`, which may leave no tensor behind. */
export function useGoldenModel(backend: BackendName): () => Roberta {
  let model: Roberta | null = null;
  let tensors = 0;
  const opened = (): Roberta => {
    if (model === null) throw new Error('The golden model is open during tests only.');
    return model;
  };

  beforeAll(async () => {
    await probeDevice(backend);
    model = await openGoldenModel();
    tensors = deviceMemory().tensors;
  });

  afterAll(() => {
    expect(deviceMemory().tensors, 'tensors left behind').toBe(tensors);
    opened().dispose();
  });

  return opened;
}
