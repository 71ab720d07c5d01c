/**
 * Folio against PyTorch, on every backend that Folio offers: the golden files are what transformers' RobertaForMaskedLM and
 * torch.optim.AdamW computed from the same weights and batches (`e2e/python/makeParityGolden.py`). There, float32 differs
 * from float64 by 3e-8 of the loss, 7e-7 in the loss curves and 1% of what the gradients are allowed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import bundleLogits from '../../test/golden/tiny-roberta-logits.json';
import type { GoldenRun } from '../../test/goldenFiles.ts';
import { openGoldenModel } from '../../test/goldenModel.ts';
import {
  expectSameGradients,
  expectSameSteps,
  gradientErrors,
  largestDifference,
  RUNS,
  useBackend,
} from '../../test/parity.ts';
import type { BackendName } from '../core/device.ts';
import { probeDevice } from './backend.ts';
import { rowOf } from './evaluation/topTokens.ts';
import { Roberta } from './model/robertaModel.ts';
import { namedParameters } from './step/parameterLayout.ts';
import { createTrainer } from './training/trainer.ts';
import { WasmExecutor } from './wasm/executor.ts';
import { WebgpuExecutor } from './webgpu/executor.ts';

const { backends } = await probeDevice('cpu');
const offered = backends.filter((report) => report.available).map((report) => report.name);

it('covers the backends that every machine of this suite has', () => {
  expect(offered).toEqual(expect.arrayContaining(['webgpu', 'wasm', 'cpu']));
});

/** WebGPU and wasm twice: with our kernels and the recorded step, and in plain tfjs ops. */
const CASES = offered.flatMap((backend): { backend: BackendName; isFused: boolean; words: string }[] =>
  backend === 'webgpu' || backend === 'wasm'
    ? [
        { backend, isFused: true, words: `${backend}, fused` },
        { backend, isFused: false, words: `${backend}, plain ops` },
      ]
    : [{ backend, isFused: true, words: backend }],
);

// What takes minutes on a software adapter is left to `parity.long.gpu.test.ts`: on WebGPU the steps in plain ops, which are
// thousands of dispatches each; on WebGL, which has the same ops and compiles them anew for every shape, the second run.
const runsOf = (backend: BackendName) => (backend === 'webgl' ? RUNS.slice(0, 1) : RUNS);

describe.each(CASES)('on $words', ({ backend, isFused }) => {
  useBackend(backend, isFused);

  it('gives the logits of a model that transformers loads', async () => {
    const model = await openGoldenModel();
    const { input_ids, attention_mask, logits_f64_sample } = bundleLogits;
    const rows = input_ids.length;
    const columns = input_ids[0]?.length ?? 0;
    // The sample holds the first eight logits of the first two positions of each row.
    const positions = Int32Array.from({ length: 2 * rows }, (_, i) => Math.floor(i / 2) * columns + (i % 2));
    const inputIds = Int32Array.from(input_ids.flat());
    const attentionMask = Int32Array.from(attention_mask.flat());
    const logits = await model.logitsForRows({ inputIds, attentionMask, rows, columns }, positions);
    const actual = [...positions.keys()].flatMap((row) => [...rowOf(logits, row, model.vocabSize).subarray(0, 8)]);
    model.dispose();
    expect(largestDifference(actual, logits_f64_sample.flat(2))).toBeLessThan(1e-5);
  });

  describe.each(runsOf(backend))('$name', ({ load }) => {
    let run: GoldenRun;

    beforeAll(async () => {
      run = await load();
    });

    it('gives the same logits, loss and gradients', () => expectSameGradients(run));

    const ItsExecutor = backend === 'webgpu' ? WebgpuExecutor : WasmExecutor;
    if (isFused && (backend === 'webgpu' || backend === 'wasm'))
      it('gives the same gradients in the recorded step', async () => {
        const model = new Roberta(run.model, run.vocabSize, run.initial);
        const trainer = createTrainer(model, run.training, { seed: 1 });
        expect(trainer.executor).toBeInstanceOf(ItsExecutor);
        trainer.step(0, run.batchesOf(0));
        const [flat = new Float32Array()] = await trainer.executor.read(['gradients']);
        const gradients = namedParameters(trainer.executor.layout, model.specs, flat);
        trainer.dispose();
        model.dispose();
        expect(gradientErrors(gradients, run, run.steps[0]?.gradientNorm ?? 0)).toEqual([]);
      });

    if (isFused || backend !== 'webgpu') it('takes the same 30 AdamW steps', () => expectSameSteps(run));
  });
});
