/**
 * Global norm, clipping and AdamW over flat buffers, with nothing read back. `control` holds [what gradients are scaled
 * by, whether every step so far was finite].
 * Source: Loshchilov and Hutter (2019); `torch.optim.AdamW` after `torch.nn.utils.clip_grad_norm_`.
 */

import type { TrainingConfig } from '../../../core/config.ts';
import type { KernelStyle } from '../../../core/device.ts';
import { bind, type Dispatch, type Range, type Ranges } from '../plan.ts';
import { float, rowKernel } from './wgsl.ts';

/** Added to the norm by `torch.nn.utils.clip_grad_norm_`. */
const NORM_EPSILON = 1e-6;

/** Σ gradient² in `parts.length` parts, each a fixed set of numbers in a fixed order. */
export function squareParts(style: KernelStyle, gradients: Range, parts: Range): Dispatch {
  return rowKernel(style, {
    name: 'squareParts',
    rows: parts.length,
    bindings: bind({ gradients: 'vec4<f32>', parts: 'rw f32' }, { gradients, parts }),
    body: `
      var sum = 0.0;
      for (var i = row * LANES + lane; i < ${gradients.length / 4}; i = i + ${parts.length} * LANES) {
        sum = sum + dot(gradients[i], gradients[i]);
      }
      sum = sumOver(sum, lane);
      if (lane == 0) { parts[row] = sum; }`,
  });
}

const CONTROL_BINDINGS = {
  parts: 'f32',
  figures: 'vec2<f32>', // [M, 2]
  scalars: 'f32', // [4], see StepScalars
  control: 'rw f32', // [2]
  /** Four numbers a step: loss, accuracy, gradient norm, 0. */
  ring: 'rw vec4<f32>',
} as const;

/**
 * Decides how this step's gradients are scaled, and whether it is made at all: not if the loss or the norm is not finite,
 * nor after any such step. Notes the step's figures in the ring.
 */
export function stepControl(
  style: KernelStyle,
  rows: number,
  clipNorm: number,
  ranges: Ranges<typeof CONTROL_BINDINGS>,
): Dispatch {
  const clip = clipNorm > 0 ? `min(1.0, ${float(clipNorm)} / (sqrt(squares) + ${float(NORM_EPSILON)}))` : '1.0';
  return rowKernel(style, {
    name: 'stepControl',
    rows: 1,
    bindings: bind(CONTROL_BINDINGS, ranges),
    // Looks at the exponent's bits: a shader compiler may take it that no float is infinite or NaN.
    declarations: `
      fn isFiniteBits(value : f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }`,
    body: `
      var sum = 0.0;
      for (var i = lane; i < ${ranges.parts.length}; i = i + LANES) { sum = sum + parts[i]; }
      let squares = sumOver(sum, lane);
      var figure = vec2<f32>(0.0);
      for (var i = lane; i < ${rows}; i = i + LANES) { figure = figure + figures[i]; }
      let loss = sumOver(figure.x, lane);
      let accuracy = sumOver(figure.y, lane);
      if (lane == 0) {
        control[0] = ${clip};
        if (!isFiniteBits(loss) || !isFiniteBits(squares)) { control[1] = 0.0; }
        ring[i32(scalars[3])] = vec4<f32>(loss, accuracy, sqrt(squares), 0.0);
      }`,
  });
}

const ADAMW_BINDINGS = {
  parameters: 'rw vec4<f32>',
  gradients: 'vec4<f32>',
  first: 'rw vec4<f32>',
  second: 'rw vec4<f32>',
  scalars: 'f32',
  control: 'f32',
} as const;

/** @param decayedLength numbers before this one are subject to weight decay */
export function adamW(
  config: Pick<TrainingConfig, 'beta1' | 'beta2' | 'epsilon'>,
  decayedLength: number,
  ranges: Ranges<typeof ADAMW_BINDINGS>,
): Dispatch {
  return {
    name: 'adamW',
    bindings: bind(ADAMW_BINDINGS, ranges),
    threads: ranges.parameters.length / 4,
    body: `
      if (control[1] < 0.5) { return; }
      let gradient = gradients[index] * control[0];
      let m = ${float(config.beta1)} * first[index] + ${float(1 - config.beta1)} * gradient;
      let v = ${float(config.beta2)} * second[index] + ${float(1 - config.beta2)} * gradient * gradient;
      first[index] = m;
      second[index] = v;
      let keep = select(1.0, scalars[0], index < ${decayedLength / 4});
      let denominator = sqrt(v) * scalars[2] + ${float(config.epsilon)};
      parameters[index] = parameters[index] * keep - scalars[1] * m / denominator;`,
  };
}
