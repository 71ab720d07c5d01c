/** Every lowering reads any graph of known operations, not only RoBERTa's: the same gradients as tfjs's tape gives. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../test/dispatches.ts';
import { distance, normals, randomBatch } from '../../test/tensors.ts';
import { configForPreset } from '../core/config.ts';
import { type Graph, GraphBuilder } from '../model/graph.ts';
import type { Weights } from '../model/initialize.ts';
import { trainingStep } from '../model/step.ts';
import { sizeOf, type Value } from '../model/value.ts';
import { probeDevice } from './backend.ts';
import { throwOnDeviceFailure } from './deviceFailure.ts';
import { indexInput } from './model/inputs.ts';
import { BatchPacking, totalWeightOf } from './step/batchPacking.ts';
import { flattenParameters, layOutParameters, namedParameters } from './step/parameterLayout.ts';
import { indexRows } from './step/rowIndex.ts';
import { crossEntropy } from './tfjs/composedOps.ts';
import { runOnTfjs } from './tfjs/lowering.ts';
import { compileVariant } from './wasm/kernels.ts';
import { writeProgram } from './wasm/lowering.ts';
import { CpuMemory, PART_BYTES } from './wasm/memory.ts';
import { ProgramBuilder } from './wasm/programBuilder.ts';
import { HEADER_BYTES } from './wasm/thread.ts';
import { Threads } from './wasm/threads.ts';
import { BatchInputs } from './webgpu/batchInputs.ts';
import { recordBatch } from './webgpu/lowering.ts';
import { Plan } from './webgpu/plan.ts';
import { TrainingState } from './webgpu/trainingState.ts';
import { readBuffer } from './webgpu/variables.ts';

const [H, P, V] = [16, 20, 30];
const SIZES = { rows: 2, columns: 9, vocabSize: V };
const MODEL = { ...configForPreset('micro').model, maxPositionEmbeddings: P };
const SEED = 7;
const SCALARS = { keep: 1, stepSize: 0, secondScale: 1 };
const batch = randomBatch({ ...SIZES, seed: 1 });

/** A dense layer and a LayerNorm that are used twice, sums of three, GELU after a sum, and rows that are picked, then normalised. */
function otherNetwork(): Graph {
  const graph = new GraphBuilder();
  const N = SIZES.rows * SIZES.columns;
  graph.input('attended', [SIZES.rows, SIZES.columns]);
  const table = (name: string, rows: number) => graph.parameter(name, [rows, H], 'embedding');
  const dense = (x: Value): Value => {
    const weight = graph.parameter('shared.weight', [H, H], 'matrix');
    return graph.add('dense', { x, weight, bias: graph.parameter('shared.bias', [H], 'bias') }, {}).y;
  };
  const norm = (x: Value): Value => {
    const scale = graph.parameter('norm.weight', [H], 'normWeight');
    const shift = graph.parameter('norm.bias', [H], 'normBias');
    return graph.add('layerNorm', { x, scale, shift }, { epsilon: 1e-5 }).y;
  };
  const sum = (a: Value, b: Value): Value => graph.add('add', { a, b }, {}).y;
  const dropout = (x: Value): Value => graph.add('dropout', { x }, { rate: 0.3, site: graph.dropoutSite() }).y;
  const gelu = (x: Value): Value => graph.add('gelu', { x }, {}).y;
  const lookUps = { ids: graph.input('ids', [N]), places: graph.input('places', [N]) };
  const tables = { words: table('words', V), positions: table('positions', P), types: table('types', 1) };
  const first = dropout(graph.add('embedding', { ...lookUps, ...tables }, {}).y);
  const wide = gelu(sum(dense(norm(first)), first));
  const last = sum(sum(dropout(dense(wide)), wide), gelu(first));
  const rows = graph.input('positions', [batch.maskedPositions.length]);
  const picked = graph.add('gather', { x: last, rows }, {}).y;
  const bias = graph.parameter('bias', [V], 'bias');
  return graph.finish({
    logits: graph.add('dense', { x: sum(norm(picked), picked), weight: tables.words, bias }, {}).y,
  });
}

const network = otherNetwork();
const layout = layOutParameters(network);
const weights: Weights = new Map(
  network.parameters.map(({ name, shape }, place) => [name, normals(sizeOf(shape), place + 1, 0.3)]),
);
let expected: Weights;

beforeAll(async () => {
  await probeDevice('wasm');
  expected = await tapeGradients();
});

afterEach(throwOnDeviceFailure);

async function tapeGradients(): Promise<Weights> {
  const variables = new Map(
    network.parameters.map(({ name, shape }) => [name, tf.variable(tf.tensor(weights.get(name) ?? [], [...shape]))]),
  );
  const { words, places } = indexInput(batch, V, P);
  const attentionScale = tf.scalar(1);
  const { grads } = tf.variableGrads(() => {
    const { logits } = runOnTfjs(network, {
      rows: { ids: words, places, positions: indexRows(batch.maskedPositions, SIZES.rows * SIZES.columns) },
      maskBias: null,
      attentionScale,
      parameter: (name) => variables.get(name) as tf.Variable,
      dropoutSeed: SEED,
    });
    const labels = Int32Array.from(batch.maskedPositions, (position) => batch.labels[position] ?? 0);
    const shares = batch.maskedWeights.map((weight) => weight / totalWeightOf([batch]));
    return crossEntropy(logits as tf.Tensor2D, labels, shares, 0.1).objective;
  });
  const read = [...variables].map(
    async ([name, variable]): Promise<[string, Float32Array]> => [
      name,
      (await grads[variable.name]?.data<'float32'>()) ?? new Float32Array(),
    ],
  );
  const gradients = new Map(await Promise.all(read));
  tf.dispose([...variables.values(), attentionScale, grads]);
  return gradients;
}

function expectAlike(gradients: Weights): void {
  for (const [name, values] of expected) {
    expect(Math.max(...values.map(Math.abs)), name).toBeGreaterThan(1e-4);
    expect(distance(gradients.get(name) ?? [], values), name).toBeLessThan(1e-5);
  }
}

const step = trainingStep(network, 0.1);

describe.each(['single', 'shared'] as const)('on WebGPU, style %s', (style) => {
  test.each([false, true])('the gradients of an unlike network, added to what is there: %s', async (accumulate) => {
    const device = await testDevice();
    const state = new TrainingState(device, layout);
    device.queue.writeBuffer(state.parameters.buffer, 0, flattenParameters(layout, network.parameters, weights));
    const inputs = new BatchInputs(device, step, MODEL, V);
    inputs.upload(batch, totalWeightOf([batch]), SEED, SCALARS, 0);
    const plan = new Plan(device);
    recordBatch(step, { plan, style, state, inputs, accumulate });
    const encoder = device.createCommandEncoder();
    plan.encode(encoder);
    device.queue.submit([encoder.finish()]);
    const flat = await readBuffer(device, state.gradients.buffer);
    for (const part of [plan, state]) part.dispose();
    inputs.dispose();
    expectAlike(namedParameters(layout, network.parameters, flat));
  });
});

test('on wasm: the gradients of an unlike network', async () => {
  const memory = new CpuMemory(HEADER_BYTES);
  const { module } = await compileVariant('simd');
  const threads = new Threads(module, memory.memory, 1);
  const packing = new BatchPacking(step, MODEL, V);
  const inputs = memory.take(4 * packing.length);
  const [parameters, gradients] = [memory.take(4 * layout.length), memory.take(4 * layout.length)];
  const program = new ProgramBuilder(memory);
  const addresses = { inputs: inputs.address, parameters: parameters.address, gradients: gradients.address };
  writeProgram(step, { program, layout, packing, ...addresses });
  const built = program.finish(256 * PART_BYTES);
  const scratch = memory.take(built.scratchBytes);
  memory.floats(parameters).set(flattenParameters(layout, network.parameters, weights));
  packing.pack(memory.ints(inputs), batch, totalWeightOf([batch]), SEED, SCALARS, 0);
  threads.run(built, scratch, 1);
  expectAlike(namedParameters(layout, network.parameters, memory.floats(gradients)));
  threads.dispose();
});
