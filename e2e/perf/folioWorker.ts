/** Folio's own engine, as `engine/worker.ts` uses it. */

import { deviceMemory, probeDevice } from '../../src/compute/backend.ts';
import { Roberta } from '../../src/compute/model/robertaModel.ts';
import { createTrainer } from '../../src/compute/training/trainer.ts';
import { disposeCpuEngine } from '../../src/compute/wasm/engine.ts';
import { drawWeights } from '../../src/model/initialize.ts';
import type { Batch } from '../../src/text/batches/batch.ts';
import { type CreateEngine, serveEngine } from './benchEngine.ts';
import { BATCHES, type BenchShape, benchBatch, modelConfig, trainingConfig } from './shapes.ts';

function folioBatch(shape: BenchShape, seed: number): Batch {
  const { inputIds, labels, positions } = benchBatch(shape, seed);
  const chosen = new Uint8Array(inputIds.length);
  for (const position of positions) chosen[position] = 1;
  return {
    rows: shape.batchSize,
    columns: shape.seqLength,
    inputIds,
    labels,
    chosen,
    attentionMask: new Int32Array(inputIds.length).fill(1),
    maskedPositions: positions,
    maskedWeights: new Float32Array(positions.length).fill(1),
    tokens: inputIds.length,
    maskedCount: positions.length,
  };
}

const create: CreateEngine = async (shape, backend) => {
  const { adapter, plan } = await probeDevice(backend);
  const model = modelConfig(shape);
  const roberta = new Roberta(model, shape.vocabSize, drawWeights(model, shape.vocabSize, 1));
  const trainer = createTrainer(roberta, trainingConfig(shape), { seed: 1 });
  const batches = Array.from({ length: BATCHES }, (_, index) => folioBatch(shape, index + 1));
  return {
    adapter: backend === 'wasm' ? `${adapter}, ${plan.threads} threads` : adapter,
    step: (step) => trainer.step(step, [batches[step % BATCHES] as Batch]),
    finish: async () => (await trainer.readPoints()).at(-1)?.loss ?? Number.NaN,
    bytes: () => trainer.executor.bytes + deviceMemory().bytes,
    dispose: () => {
      trainer.dispose();
      disposeCpuEngine(roberta);
      roberta.dispose();
    },
  };
};

serveEngine(create);
