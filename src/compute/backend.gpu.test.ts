import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { BACKEND_NAMES } from '../core/device.ts';
import { StudioError } from '../core/errors.ts';
import { deviceMemory, probeDevice } from './backend.ts';
import { throwOnDeviceFailure } from './deviceFailure.ts';

test('auto takes WebGPU only on a real adapter, and says which, why and at what cost', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const report = await probeDevice('auto');
  const software = adapter?.info.isFallbackAdapter !== false || /swiftshader|llvmpipe/.test(adapter.info.architecture);
  expect(report.active).toBe(software ? 'wasm' : 'webgpu');
  expect(report.choice).toBe('auto');
  expect(report.reason).toMatch(software ? /CPU/ : /fastest/);
  expect(report.reason).toMatch(/\.$/);
  expect(report.backends.map((backend) => backend.name)).toEqual([...BACKEND_NAMES]);
});

test('each backend that is offered can be chosen, computes, and is then the active one', async () => {
  for (const name of BACKEND_NAMES) {
    const report = await probeDevice(name);
    expect(report.active).toBe(name);
    expect(tf.getBackend()).toBe(name);
    const sum = tf.tidy(() => tf.sum(tf.tensor1d([1, 2, 3])));
    expect((await sum.data())[0]).toBe(6);
    sum.dispose();
  }
});

test('the WebGPU device is our own, with the limits of the adapter', async () => {
  const report = await probeDevice('webgpu');
  const adapter = await navigator.gpu.requestAdapter();
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  expect(device.limits.maxStorageBufferBindingSize).toBe(adapter?.limits.maxStorageBufferBindingSize);
  expect(report.adapter).toContain(adapter?.info.vendor ?? 'no adapter');
  expect(report.isFallbackAdapter).toBe(/software/.test(report.adapter));
  // Asked again, it keeps the device and what is on it.
  const kept = tf.tensor1d([5]);
  await probeDevice('webgpu');
  expect((tf.backend() as unknown as { readonly device: GPUDevice }).device).toBe(device);
  expect((await kept.data())[0]).toBe(5);
  kept.dispose();
});

test('a named backend that is not there is refused with the reason; auto does without', async () => {
  const gpu = Object.getOwnPropertyDescriptor(Navigator.prototype, 'gpu');
  if (gpu === undefined) throw new Error('no navigator.gpu to take away');
  for (const [value, words] of [
    [undefined, /WebGPU is not available/],
    [{ requestAdapter: async () => null }, /no GPU adapter/],
  ] as const) {
    Object.defineProperty(navigator, 'gpu', { value, configurable: true });
    try {
      const refusal = await probeDevice('webgpu').catch((thrown: unknown) => thrown);
      expect(refusal).toBeInstanceOf(StudioError);
      expect(refusal).toMatchObject({ code: 'backendUnavailable', details: { backend: 'webgpu' } });
      expect(String((refusal as StudioError).details['reason'])).toMatch(words);
      const report = await probeDevice('auto');
      expect(report.active).toBe('wasm');
      expect(report.reason).toMatch(words);
      expect(report.backends[0]).toMatchObject({ name: 'webgpu', available: false });
    } finally {
      Reflect.deleteProperty(navigator, 'gpu');
    }
  }
});

test('a lost device is replaced; one that cannot be had is refused by name, and auto does without', async () => {
  const deviceOf = (): GPUDevice => (tf.backend() as unknown as { readonly device: GPUDevice }).device;
  await probeDevice('webgpu');
  const lost = deviceOf();
  lost.destroy();
  await lost.lost;
  expect(throwOnDeviceFailure).toThrow(expect.objectContaining({ code: 'deviceLost' }));
  const adapter = {
    info: { vendor: 'maker', architecture: 'card', description: '', isFallbackAdapter: false },
    limits: {},
    requestDevice: () => Promise.reject(new Error('out of devices')),
  };
  Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => adapter }, configurable: true });
  try {
    const refusal = await probeDevice('webgpu').catch((thrown: unknown) => thrown);
    expect(refusal).toMatchObject({
      code: 'backendUnavailable',
      details: { backend: 'webgpu', reason: 'out of devices' },
    });
    const report = await probeDevice('auto');
    expect(report.active).toBe('wasm');
    expect(report.reason).toMatch(/did not start.*out of devices/);
  } finally {
    Reflect.deleteProperty(navigator, 'gpu');
  }
  await probeDevice('webgpu');
  expect(deviceOf()).not.toBe(lost);
  expect(throwOnDeviceFailure).not.toThrow();
  const product = tf.tidy(() => tf.mul(tf.tensor1d([2, 3]), tf.tensor1d([5, 7])));
  expect([...(await product.data())]).toEqual([10, 21]);
  product.dispose();
});

test('an error on the device is not taken for an answer', async () => {
  await probeDevice('webgpu');
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  device.createShaderModule({ code: 'this is no shader' });
  await device.queue.onSubmittedWorkDone();
  expect(throwOnDeviceFailure).toThrow(/WebGPU/);
  device.destroy();
  await device.lost;
  await probeDevice('webgpu');
  expect(throwOnDeviceFailure).not.toThrow();
});

test('memory is counted on WebGPU and on wasm', async () => {
  for (const name of ['webgpu', 'wasm'] as const) {
    await probeDevice(name);
    const before = deviceMemory();
    const tensor = tf.tidy(() => tf.mul(tf.ones([1000]), tf.ones([1000])));
    await tensor.data();
    expect(deviceMemory().tensors).toBe(before.tensors + 1);
    expect(deviceMemory().bytes - before.bytes).toBeGreaterThanOrEqual(4000);
    tensor.dispose();
    expect(deviceMemory().tensors).toBe(before.tensors);
  }
});

test('nothing is fetched from another origin', () => {
  const fetched = performance.getEntriesByType('resource').map((entry) => new URL(entry.name, location.href));
  expect(fetched.some((url) => url.pathname.endsWith('.wasm'))).toBe(true);
  expect(fetched.filter((url) => url.origin !== location.origin && url.protocol !== 'blob:')).toEqual([]);
});
