/**
 * LayerNorm over rows of H, forward and backward. H4 = ⌈H / 4⌉: rows are read in vectors of four, the last of which zeros fill up. `moments` holds mean and
 * inverse deviation of each row. The gradients of scale and shift are sums over rows: `normSums` in `rowSums.ts`.
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
import type { KernelStyle } from '../../../core/device.ts';
import { bind, type Dispatch, type Ranges } from '../plan.ts';
import type { Epilogue } from './epilogues.ts';
import type { Source } from './rowSources.ts';
import { float, inWidthWgsl, rowKernel, SUM4_WGSL } from './wgsl.ts';

export interface NormShape {
  readonly rows: number;
  /** H. */
  readonly width: number;
}

const FORWARD = { x: 'vec4<f32>', scale: 'vec4<f32>', shift: 'vec4<f32>', moments: 'rw vec2<f32>' } as const;
const BACKWARD = { x: 'vec4<f32>', moments: 'vec2<f32>', scale: 'vec4<f32>' } as const;

/** output = LayerNorm(x), and what follows. */
export function normForward(
  style: KernelStyle,
  shape: NormShape,
  epsilon: number,
  ranges: Ranges<typeof FORWARD>,
  epilogue: Epilogue,
): Dispatch {
  const H4 = Math.ceil(shape.width / 4);
  return rowKernel(style, {
    name: 'norm',
    rows: shape.rows,
    bindings: { ...bind(FORWARD, ranges), ...epilogue.bindings },
    declarations: `${SUM4_WGSL} ${inWidthWgsl(shape.width)} ${epilogue.declarations}`,
    body: `
      let first = row * ${H4};
      var sum = 0.0;
      for (var c = lane; c < ${H4}; c = c + LANES) { sum = sum + sum4(x[first + c]); }
      let mean = sumOver(sum, lane) / ${float(shape.width)};
      var squares = 0.0;
      for (var c = lane; c < ${H4}; c = c + LANES) {
        let d = inWidth(x[first + c] - mean, c);
        squares = squares + dot(d, d);
      }
      let inverse = 1.0 / sqrt(sumOver(squares, lane) / ${float(shape.width)} + ${float(epsilon)});
      for (var c = lane; c < ${H4}; c = c + LANES) {
        let at = first + c;
        let value = (x[at] - mean) * inverse * scale[c] + shift[c];
        ${epilogue.finish}
      }
      if (lane == 0) { moments[row] = vec2<f32>(mean, inverse); }`,
  });
}

/** Gradient of LayerNorm in its input, and what follows. @param upstream gradient of its output */
export function normBackward(
  style: KernelStyle,
  shape: NormShape,
  ranges: Ranges<typeof BACKWARD>,
  upstream: Source,
  epilogue: Epilogue,
): Dispatch {
  const H4 = Math.ceil(shape.width / 4);
  return rowKernel(style, {
    name: 'normGradient',
    rows: shape.rows,
    bindings: { ...bind(BACKWARD, ranges), ...upstream.bindings, ...epilogue.bindings },
    declarations: `${SUM4_WGSL} ${inWidthWgsl(shape.width)} ${upstream.declare('upstream')} ${epilogue.declarations}`,
    body: `
      let mean = moments[row].x;
      let inverse = moments[row].y;
      var sum = 0.0;
      var tilts = 0.0;
      for (var c = lane; c < ${H4}; c = c + LANES) {
        let inner = upstream(row, c) * scale[c];
        sum = sum + sum4(inner);
        tilts = tilts + dot(inner, (x[row * ${H4} + c] - mean) * inverse);
      }
      let average = sumOver(sum, lane) / ${float(shape.width)};
      let tilt = sumOver(tilts, lane) / ${float(shape.width)};
      for (var c = lane; c < ${H4}; c = c + LANES) {
        let at = row * ${H4} + c;
        let value = inWidth((upstream(row, c) * scale[c] - average - (x[at] - mean) * inverse * tilt) * inverse, c);
        ${epilogue.finish}
      }`,
  });
}
