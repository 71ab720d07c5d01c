/** Reads the ring of figures, the only thing that comes back from the device during training. */
import type { Range } from './plan.ts';

export class RingReader {
  readonly #device: GPUDevice;
  readonly #ring: Range;
  #staging: GPUBuffer;
  #started: Promise<Float32Array>[] = [];

  constructor(device: GPUDevice, ring: Range) {
    this.#device = device;
    this.#ring = ring;
    this.#staging = this.#createStaging();
  }

  /** Reads of the whole ring under way: somebody took more steps than it holds without asking for their figures. */
  get reads(): number {
    return this.#started.length;
  }

  get bytes(): number {
    return this.#staging.size;
  }

  /** Starts to read the ring, which may be written anew from the next submission on. */
  start(): void {
    const staging = this.#staging;
    this.#started.push(this.#read(staging).finally(() => staging.destroy()));
    this.#staging = this.#createStaging();
  }

  /** Everything since the last time, in order. Waits for the device. */
  async finish(): Promise<Float32Array> {
    const started = this.#started;
    this.#started = [];
    const parts = [...(await Promise.all(started)), await this.#read(this.#staging)];
    const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let start = 0;
    for (const part of parts) {
      joined.set(part, start);
      start += part.length;
    }
    return joined;
  }

  dispose(): void {
    this.#staging.destroy();
  }

  #read(staging: GPUBuffer): Promise<Float32Array> {
    return readThrough(this.#device, this.#ring.buffer, staging);
  }

  #createStaging(): GPUBuffer {
    return createStaging(this.#device, this.#ring.buffer.size);
  }
}

/** Copies a buffer off the device. */
export async function readBuffer(device: GPUDevice, buffer: GPUBuffer): Promise<Float32Array> {
  const staging = createStaging(device, buffer.size);
  const values = await readThrough(device, buffer, staging);
  staging.destroy();
  return values;
}

async function readThrough(device: GPUDevice, buffer: GPUBuffer, staging: GPUBuffer): Promise<Float32Array> {
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, staging.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange()).slice();
  staging.unmap();
  return values;
}

function createStaging(device: GPUDevice, size: number): GPUBuffer {
  return device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
}
