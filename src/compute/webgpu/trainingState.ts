/** What outlives a batch's shape: parameters, gradients and both moments as flat buffers, and the figures not yet read. */
import { type ParameterLayout, stretchIn } from '../step/parameterLayout.ts';
import { createRange, type Range } from './plan.ts';

/** Steps whose figures fit into the ring. */
export const RING_STEPS = 1024;

export class TrainingState {
  readonly layout: ParameterLayout;
  readonly parameters: Range;
  readonly gradients: Range;
  readonly first: Range;
  readonly second: Range;
  /** See `kernels/optimizer.ts`. */
  readonly control: Range;
  readonly ring: Range;

  constructor(device: GPUDevice, layout: ParameterLayout) {
    this.layout = layout;
    this.parameters = createRange(device, layout.length);
    this.gradients = createRange(device, layout.length);
    this.first = createRange(device, layout.length);
    this.second = createRange(device, layout.length);
    this.control = createRange(device, 2);
    this.ring = createRange(device, 4 * RING_STEPS);
    device.queue.writeBuffer(this.control.buffer, 0, Float32Array.of(1, 1));
  }

  get bytes(): number {
    return this.#ranges().reduce((sum, { buffer }) => sum + buffer.size, 0);
  }

  /** A parameter, or a layer's packed ones; see `ParameterLayout.stretchOf`. */
  parameter(name: string): Range {
    return { buffer: this.parameters.buffer, ...stretchIn(this.layout, name) };
  }

  gradient(name: string): Range {
    return { buffer: this.gradients.buffer, ...stretchIn(this.layout, name) };
  }

  dispose(): void {
    for (const { buffer } of this.#ranges()) buffer.destroy();
  }

  #ranges(): Range[] {
    return [this.parameters, this.gradients, this.first, this.second, this.control, this.ring];
  }
}
