/** Runs single dispatches for tests. Nothing but tests imports this. */
import { probeDevice } from '../src/compute/backend.ts';
import { createRange, type Dispatch, Plan, type Range } from '../src/compute/webgpu/plan.ts';
import { webgpuBackend } from '../src/compute/webgpu/variables.ts';

/** The device that tfjs uses. */
export async function testDevice(): Promise<GPUDevice> {
  await probeDevice('webgpu');
  const backend = webgpuBackend();
  if (backend === null) throw new Error('no WebGPU backend');
  return backend.device;
}

/** A range that holds these numbers. */
export function upload(device: GPUDevice, values: Float32Array | Int32Array | Uint32Array): Range {
  const range = createRange(device, values.length);
  device.queue.writeBuffer(range.buffer, 0, values.slice());
  return range;
}

/** Runs dispatches one after the other and reads some ranges. */
export async function run(
  device: GPUDevice,
  dispatches: readonly Dispatch[],
  outputs: readonly Range[],
): Promise<Float32Array[]> {
  const plan = new Plan(device);
  for (const dispatch of dispatches) plan.add(dispatch);
  const encoder = device.createCommandEncoder();
  plan.encode(encoder);
  const staging = outputs.map(({ buffer, start, length }) => {
    const copy = device.createBuffer({ size: 4 * length, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    encoder.copyBufferToBuffer(buffer, 4 * start, copy, 0, 4 * length);
    return copy;
  });
  device.queue.submit([encoder.finish()]);
  return Promise.all(
    staging.map(async (copy) => {
      await copy.mapAsync(GPUMapMode.READ);
      const values = new Float32Array(copy.getMappedRange()).slice();
      copy.destroy();
      return values;
    }),
  );
}
