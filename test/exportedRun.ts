/** A run for tests: the sizes of the golden bundle, figures that are easy to recognise. */
import { configForPreset, type RunConfig } from '../src/core/config.ts';
import type { ExportedRun } from '../src/files/exportedRun.ts';
import { heldOutPoint, trainPoint } from './points.ts';

const micro = configForPreset('micro');

/** `test/golden/tiny-roberta`: vocabulary 320, hidden 32, two layers. */
export const GOLDEN_CONFIG: RunConfig = {
  ...micro,
  tokenizer: { vocabSize: 320, minFrequency: 2 },
  model: {
    ...micro.model,
    numAttentionHeads: 4,
    intermediateSize: 64,
    maxPositionEmbeddings: 66,
    attentionProbsDropoutProb: 0.1,
  },
  training: { ...micro.training, steps: 20, learningRate: 0.001 },
};

/** What config.json says of a folder with Folio's own ids and one ONNX file. */
export const PLAIN_FOLDER = {
  weights: 'float32',
  onnx: 'fp32',
  ids: { bos: 0, pad: 1, eos: 2 },
  tokenTypes: 1,
} as const;

const point = (step: number, loss: number) => {
  const figures = { learningRate: 0.001, gradientNorm: 1.5, tokensPerSecond: 1234.4 };
  return trainPoint({ step, loss, ...figures, elapsedMs: 1000 * step + 0.25 });
};

const look = (step: number, loss: number) =>
  heldOutPoint({
    step,
    loss,
    standardError: 0.0123,
    top1: 0.21,
    top5: 0.4321,
    tokens: 4321,
    bitsPerByte: 2.34567,
    documentError: 0.0456,
    calibrationError: 0.0321,
    wordAccuracy: step === 0 ? null : 0.1875,
    draws: 2,
  });

/** A run with anything changed. */
export function testRun(changes: Partial<ExportedRun> = {}): ExportedRun {
  return {
    name: 'My BERT',
    startedFrom: null,
    tokenizerFrom: null,
    config: GOLDEN_CONFIG,
    sourceNames: ['verses.txt'],
    readAs: [],
    isSonnets: false,
    repairs: [],
    corpus: {
      sizeBytes: 98765,
      characters: 98700,
      words: 17654,
      distinctWords: 3210,
      wideCharacters: 0,
      frequentCharacters: 0,
      samples: 2155,
      documents: 154,
      trainingDocuments: 139,
      heldOutDocuments: 15,
      trainingSamples: 1945,
      heldOutSamples: 210,
      longestSampleCharacters: 54,
    },
    vocabSize: 320,
    merges: 59,
    normalizers: [],
    trainingTokens: 45678,
    heldOutTokens: 5432,
    device: {
      backends: [],
      active: 'webgpu',
      choice: 'auto',
      reason: 'It is the fastest.',
      adapter: 'google swiftshader (software)',
      isFallbackAdapter: true,
      plan: {
        version: 2,
        backend: 'webgpu',
        adapter: 'google swiftshader (software)',
        fused: true,
        kernelStyle: 'single',
        kernelVariant: null,
        threads: 1,
      },
    },
    step: 20,
    weightsStep: 20,
    elapsedMs: 61_234.5,
    startedMs: Date.UTC(2026, 10, 24, 9, 30, 15),
    points: [point(10, 5.5), point(20, 4.25)],
    heldOut: [look(0, 5.768), look(20, 4.5)],
    reference: {
      random: Math.log(320),
      unigram: 5.4321,
      neighbours: 4.7654,
      neighbourTop1: 0.1987,
      neighbourTop5: 0.4012,
      tokens: 4321,
      shrinkage: { leftAlone: 32, rightAlone: 32, left: 16, right: 8, both: 4, leftShare: 0.5 },
    },
    verses: [
      {
        parts: ['Shall I compare', ' to a summer', ' day?'],
        fills: [
          { truth: ' thee', guess: ' thee', probability: 0.8125 },
          { truth: '’s', guess: ',', probability: 0.0625 },
        ],
      },
    ],
    versions: { folio: '0.1.0', '@tensorflow/tfjs': '4.22.0' },
    ...changes,
  };
}
