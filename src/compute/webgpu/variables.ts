/**
 * Between flat buffers and what is outside of them: the tensors that tfjs keeps, and the processor. The only place that reaches
 * into tfjs's WebGPU backend: its device, its queue's order and its buffers.
 */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { StudioError } from '../../core/errors.ts';
import type { Roberta } from '../model/robertaModel.ts';
import type { TrainingState } from './trainingState.ts';

/** The active backend, if it is WebGPU. */
export function webgpuBackend(): WebGPUBackend | null {
  const backend = tf.backend();
  return backend instanceof WebGPUBackend ? backend : null;
}

/** Sends what tfjs has recorded and not yet sent, so that it runs before what is submitted next. */
function submitPending(backend: WebGPUBackend): void {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** The buffer of a tensor on the device. */
function bufferOf(backend: WebGPUBackend, dataId: object): GPUBuffer {
  backend.uploadToGPU(dataId);
  const { resource } = backend.tensorMap.get(dataId);
  if (!(resource instanceof GPUBuffer)) throw new StudioError('internal', 'a tensor without a buffer');
  return resource;
}

/** Copies the model's variables into the flat parameters. */
export function readVariables(backend: WebGPUBackend, model: Roberta, state: TrainingState): void {
  const buffers = model.specs.map((spec) => bufferOf(backend, model.parameter(spec.name).dataId));
  submitPending(backend);
  const encoder = backend.device.createCommandEncoder();
  for (const [index, spec] of model.specs.entries()) {
    for (const { from, to, length } of state.layout.runsOf.get(spec.name) ?? []) {
      encoder.copyBufferToBuffer(buffers[index] as GPUBuffer, 4 * from, state.parameters.buffer, 4 * to, 4 * length);
    }
  }
  backend.queue.submit([encoder.finish()]);
}

/**
 * Copies the flat parameters into the model's variables. Each gets new memory: tfjs may hold a copy of the old values on
 * the CPU.
 */
export function writeVariables(backend: WebGPUBackend, model: Roberta, state: TrainingState): void {
  const copies = model.specs.map((spec) => {
    const info = backend.makeTensorInfo([...spec.shape], 'float32');
    return { spec, info, buffer: bufferOf(backend, info.dataId) };
  });
  submitPending(backend);
  const encoder = backend.device.createCommandEncoder();
  for (const { spec, buffer } of copies) {
    for (const { from, to, length } of state.layout.runsOf.get(spec.name) ?? []) {
      encoder.copyBufferToBuffer(state.parameters.buffer, 4 * to, buffer, 4 * from, 4 * length);
    }
  }
  backend.queue.submit([encoder.finish()]);
  for (const { spec, info } of copies) {
    const tensor = tf.engine().makeTensorFromTensorInfo(info);
    model.parameter(spec.name).assign(tensor);
    tensor.dispose();
  }
}

/**
 * Copies a buffer off the device, as it is after what was submitted before.
 * @param idle a buffer of its size that lies on the host; without it, one is made
 * @param done what becomes of that buffer afterwards; usually it is freed
 */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  idle?: GPUBuffer,
  done = (read: GPUBuffer): unknown => read.destroy(),
): Promise<Float32Array> {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = idle ?? device.createBuffer({ size: buffer.size, usage });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, staging.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange()).slice();
  staging.unmap();
  done(staging);
  return values;
}
