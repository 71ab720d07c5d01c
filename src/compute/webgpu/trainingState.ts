/** What outlives a batch's shape: parameters, gradients and both moments as flat buffers, and the figures not yet read. */
import { type ParameterLayout, stretchIn } from '../step/parameterLayout.ts';
import { Buffers, type Range } from './plan.ts';

/** Steps whose figures fit into the ring. */
export const RING_STEPS = 1024;

export class TrainingState extends Buffers {
  readonly layout: ParameterLayout;
  readonly parameters: Range;
  readonly gradients: Range;
  readonly first: Range;
  readonly second: Range;
  /** See `kernels/optimizer.ts`. */
  readonly control: Range;
  readonly ring: Range;

  constructor(device: GPUDevice, layout: ParameterLayout) {
    super(device);
    this.layout = layout;
    this.parameters = this.buffer(layout.length);
    this.gradients = this.buffer(layout.length);
    this.first = this.buffer(layout.length);
    this.second = this.buffer(layout.length);
    this.control = this.buffer(2);
    this.ring = this.buffer(4 * RING_STEPS);
    device.queue.writeBuffer(this.control.buffer, 0, Float32Array.of(1, 1));
  }

  /** A parameter, or a layer's packed ones; see `ParameterLayout.stretchOf`. */
  parameter(name: string): Range {
    return { buffer: this.parameters.buffer, ...stretchIn(this.layout, name) };
  }

  gradient(name: string): Range {
    return { buffer: this.gradients.buffer, ...stretchIn(this.layout, name) };
  }
}
