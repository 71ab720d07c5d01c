import * as v from 'valibot';
import { expect, test } from 'vitest';
import { type ExecutionPlan, PLAN_VERSION } from '../../core/device.ts';
import { executionPlanSchema } from '../../files/storage/manifest.ts';
import { planNotice } from './openRun.ts';

const now: ExecutionPlan = {
  version: PLAN_VERSION,
  backend: 'wasm',
  adapter: 'wasm',
  fused: true,
  kernelStyle: null,
  kernelVariant: 'simd',
  threads: 2,
};

test('a run goes on without a word on the same kernels, whatever the number of threads', () => {
  expect(planNotice({ ...now, threads: 1 }, now)).toBe(null);
});

test('a run of other kernels says that its figures differ; before plans had a version, it was the first', () => {
  const { version: _, ...unversioned } = now;
  const stored = v.parse(executionPlanSchema, unversioned);
  const notice = planNotice(stored, now);
  expect(notice).toContain('trained with WebAssembly (SIMD kernels of version 1)');
  expect(notice).toContain(`continues with WebAssembly (SIMD kernels of version ${PLAN_VERSION})`);
  expect(notice).toContain('figures differ in their last digits');
});
