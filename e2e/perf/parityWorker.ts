/** The 30 AdamW steps of a golden run, on whatever WebGPU adapter there is, beside what PyTorch wrote down. */
import { probeDevice } from '../../src/compute/backend.ts';
import { Roberta } from '../../src/compute/model/robertaModel.ts';
import { createTrainer } from '../../src/compute/training/trainer.ts';
import linearIndex from '../../test/golden/parity/linear.json';
import linearUrl from '../../test/golden/parity/linear.safetensors?url';
import { type GoldenIndex, loadGoldenRun } from '../../test/goldenFiles.ts';

export interface ParityReply {
  /** The adapter in its own words. */
  readonly adapter: string;
  readonly kernelStyle: string | null;
  readonly steps: number;
  /** Largest difference of a step's loss, nats. */
  readonly lossDifference: number;
}

async function compare(): Promise<ParityReply> {
  const { adapter, plan } = await probeDevice('webgpu');
  const run = await loadGoldenRun(linearIndex as GoldenIndex, linearUrl);
  const trainer = createTrainer(new Roberta(run.model, run.vocabSize, run.initial), run.training, { seed: 1 });
  for (const step of run.steps.keys()) trainer.step(step, run.batchesOf(step));
  const points = await trainer.readPoints();
  const differences = points.map(({ step, loss }) => Math.abs(loss - (run.steps[step]?.loss ?? Number.NaN)));
  return {
    adapter,
    kernelStyle: plan.kernelStyle,
    steps: points.length,
    lossDifference: Math.max(...differences),
  };
}

self.onmessage = async () => {
  self.postMessage(await compare().catch((thrown: unknown) => ({ error: String(thrown) })));
};
