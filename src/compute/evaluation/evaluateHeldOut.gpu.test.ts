import { describe, expect, it } from 'vitest';
import linearIndex from '../../../test/golden/parity/linear.json';
import linearUrl from '../../../test/golden/parity/linear.safetensors?url';
import { type GoldenIndex, loadGoldenRun } from '../../../test/goldenFiles.ts';
import type { ModelConfig } from '../../core/config.ts';
import type { Weights } from '../../model/initialize.ts';
import { parameterSpecs } from '../../model/parameters.ts';
import { sizeOf } from '../../model/value.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { deviceMemory, probeDevice } from '../backend.ts';
import { Roberta } from '../model/robertaModel.ts';
import { meanOfScores, scoreHeldOut } from './evaluateHeldOut.ts';

const SMALL: ModelConfig = {
  hiddenSize: 4,
  numHiddenLayers: 1,
  numAttentionHeads: 1,
  intermediateSize: 4,
  maxPositionEmbeddings: 10,
  hiddenDropoutProb: 0,
  attentionProbsDropoutProb: 0,
  layerNormEps: 1e-5,
  initialization: 'normal',
  initializerRange: 0.02,
};

/** With every weight 0 but the head's bias, the logits of every position are that bias. */
function constantModel(logits: readonly number[]): Roberta {
  const weights: Weights = new Map(
    parameterSpecs(SMALL, logits.length).map(({ name, shape }) => [
      name,
      name === 'lm_head.bias' ? Float32Array.from(logits) : new Float32Array(sizeOf(shape)),
    ]),
  );
  return new Roberta(SMALL, logits.length, weights);
}

/** One row whose first tokens after `<s>` are masked, with three unused entries. */
function batchOf(targets: readonly number[]): Batch {
  const columns = 8;
  const inputIds = Int32Array.of(0, 3, 3, 3, 3, 3, 3, 2);
  const labels = Int32Array.from(inputIds, (id, column) => targets[column - 1] ?? id);
  const room = targets.length + 3;
  return {
    rows: 1,
    columns,
    inputIds,
    labels,
    attentionMask: new Int32Array(columns).fill(1),
    chosen: Uint8Array.from(inputIds, (_, column) => (column >= 1 && column <= targets.length ? 1 : 0)),
    maskedPositions: Int32Array.from({ length: room }, (_, place) => (place < targets.length ? place + 1 : 0)),
    maskedWeights: Float32Array.from({ length: room }, (_, place) => (place < targets.length ? 1 : 0)),
    tokens: columns,
    maskedCount: targets.length,
  };
}

const noPause = async (): Promise<void> => {};

async function evaluateHeldOut(model: Roberta, batches: readonly Batch[], pause: () => Promise<void>) {
  return meanOfScores(await scoreHeldOut(model, batches, pause));
}

describe.each(['webgpu', 'wasm'] as const)('evaluateHeldOut on %s', (backend) => {
  it('means losses, counts ranks with ties, and leaves unused entries out', async () => {
    await probeDevice(backend);
    const before = deviceMemory().tensors;
    // Ids 5 to 11; strictly greater logits:      0  1  1  3  4  5  5
    const logits = [-9, -9, -9, -9, -9, 5, 4, 4, 3, 2, 1, 1];
    const model = constantModel(logits);
    let pauses = 0;
    const result = await evaluateHeldOut(model, [batchOf([5, 6]), batchOf([7, 8, 9]), batchOf([10])], async () => {
      pauses++;
    });
    model.dispose();
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    const losses = [5, 4, 4, 3, 2, 1].map((logit) => total - logit);
    const mean = total - 19 / 6;
    const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 5;
    expect(result.loss).toBeCloseTo(mean, 5);
    expect(result.standardError).toBeCloseTo(Math.sqrt(variance / 6), 5);
    expect(result).toMatchObject({ top1: 1 / 6, top5: 5 / 6, tokens: 6 });
    expect(pauses).toBe(2);
    expect(deviceMemory().tensors).toBe(before);
  });

  it('counts a tie for the first place as right for all, as a rank by greater logits does', async () => {
    await probeDevice(backend);
    const model = constantModel(new Array(12).fill(0.5));
    const result = await evaluateHeldOut(model, [batchOf([5, 9, 11])], noPause);
    model.dispose();
    expect(result.loss).toBeCloseTo(Math.log(12), 5);
    expect(result.standardError).toBeLessThan(1e-6);
    expect(result).toMatchObject({ top1: 1, top5: 1, tokens: 3 });
  });

  it('does not take a model that gives no numbers for a good one', async () => {
    await probeDevice(backend);
    const model = constantModel(new Array(12).fill(Number.NaN));
    const result = await evaluateHeldOut(model, [batchOf([5, 6])], noPause);
    model.dispose();
    expect(result.loss).toBeNaN();
    expect(result).toMatchObject({ top1: 0, top5: 0, tokens: 2 });
  });

  it('gives the loss and the ranks of PyTorch, without dropout', async () => {
    await probeDevice(backend);
    const run = await loadGoldenRun(linearIndex as GoldenIndex, linearUrl);
    const batches = run.batchesOf(0);
    const dropping = { ...run.model, hiddenDropoutProb: 0.5, attentionProbsDropoutProb: 0.5 };
    const model = new Roberta(dropping, run.vocabSize, run.initial);
    const result = await evaluateHeldOut(model, batches, noPause);
    model.dispose();
    const ranks = batches.flatMap(({ maskedPositions, maskedWeights, labels }) =>
      [...maskedPositions].flatMap((position, place) => {
        if (maskedWeights[place] === 0) return [];
        const row = run.logits.subarray(position * run.vocabSize, (position + 1) * run.vocabSize);
        const target = row[labels[position] ?? 0] ?? Number.NaN;
        return [row.filter((logit) => logit > target).length];
      }),
    );
    expect(Math.abs(result.loss / (run.steps[0]?.loss ?? Number.NaN) - 1)).toBeLessThan(1e-5);
    expect(result.tokens).toBe(ranks.length);
    expect(result.top1).toBe(ranks.filter((rank) => rank < 1).length / ranks.length);
    expect(result.top5).toBe(ranks.filter((rank) => rank < 5).length / ranks.length);
  });

  it('has nothing to say about no batches', async () => {
    const model = constantModel(new Array(12).fill(0));
    const result = await evaluateHeldOut(model, [], noPause);
    model.dispose();
    expect(result.tokens).toBe(0);
    expect(result.loss).toBeNaN();
  });
});
