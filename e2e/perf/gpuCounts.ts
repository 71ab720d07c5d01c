/** Counts what this worker asks of WebGPU, by standing in front of the browser's own methods. */

export interface GpuCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly passes: number;
  readonly buffersCreated: number;
}

/** To be called once, before anything uses WebGPU. */
export function watchGpu(): { counts(): GpuCounts } {
  const counts = { dispatches: 0, submits: 0, passes: 0, buffersCreated: 0 };
  if (typeof GPUDevice === 'undefined') return { counts: () => ({ ...counts }) };
  watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => counts.dispatches++);
  watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => counts.dispatches++);
  watch(GPUCommandEncoder.prototype, 'beginComputePass', () => counts.passes++);
  watch(GPUQueue.prototype, 'submit', () => counts.submits++);
  watch(GPUDevice.prototype, 'createBuffer', () => counts.buffersCreated++);
  return { counts: () => ({ ...counts }) };
}

function watch<T extends object>(prototype: T, name: keyof T & string, count: () => void): void {
  const original = prototype[name] as (...given: unknown[]) => unknown;
  const counted = function (this: T, ...given: unknown[]): unknown {
    count();
    return original.apply(this, given);
  };
  Object.defineProperty(prototype, name, { value: counted });
}
