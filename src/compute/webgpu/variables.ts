/**
 * Between the flat parameters and the tensors that tfjs keeps. The only place that reaches into tfjs's WebGPU backend:
 * its device, its queue's order and its buffers.
 */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { StudioError } from '../../core/errors.ts';
import { sizeOf } from '../../model/value.ts';
import type { Roberta } from '../model/robertaModel.ts';
import type { TrainingState } from './state.ts';

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
    const [source, start] = [buffers[index], state.layout.startOf.get(spec.name)];
    if (source === undefined || start === undefined) throw new StudioError('internal', `no parameter ${spec.name}`);
    encoder.copyBufferToBuffer(source, 0, state.parameters.buffer, 4 * start, 4 * sizeOf(spec.shape));
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
    const start = state.layout.startOf.get(spec.name);
    if (start === undefined) throw new StudioError('internal', `no parameter ${spec.name}`);
    return { spec, info, start, buffer: bufferOf(backend, info.dataId) };
  });
  submitPending(backend);
  const encoder = backend.device.createCommandEncoder();
  for (const { spec, start, buffer } of copies) {
    encoder.copyBufferToBuffer(state.parameters.buffer, 4 * start, buffer, 0, 4 * sizeOf(spec.shape));
  }
  backend.queue.submit([encoder.finish()]);
  for (const { spec, info } of copies) {
    const tensor = tf.engine().makeTensorFromTensorInfo(info);
    model.parameter(spec.name).assign(tensor);
    tensor.dispose();
  }
}
