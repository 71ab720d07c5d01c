/** What `parity.gpu.test.ts` leaves out, since it takes minutes on a software adapter. */
import { describe, it } from 'vitest';
import { expectSameGradients, expectSameSteps, RUNS, useBackend } from '../../test/parity.ts';
import { probeDevice } from './backend.ts';

const { backends } = await probeDevice('cpu');

describe('on webgpu, plain ops', () => {
  useBackend('webgpu', false);

  it.each(RUNS)('takes the same 30 AdamW steps: $name', async ({ load }) => expectSameSteps(await load()));
});

describe.runIf(backends.some(({ name, available }) => name === 'webgl' && available))('on webgl, if offered', () => {
  useBackend('webgl', true);

  it.each(RUNS.slice(1))('gives the same logits, loss and gradients: $name', async ({ load }) =>
    expectSameGradients(await load()),
  );

  it.each(RUNS.slice(1))('takes the same 30 AdamW steps: $name', async ({ load }) => expectSameSteps(await load()));
});
