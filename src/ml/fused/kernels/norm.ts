/**
 * LayerNorm over rows of H, forward and backward. H4 = H / 4: rows are read in vectors of four. `moments` holds mean and
 * inverse deviation of each row.
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
import type { KernelStyle } from '../../../core/device.ts';
import { type Binding, type Dispatch, type Range, read, readWrite } from '../plan.ts';
import { type Dropout, dropoutWgsl, float, rowKernel, SUM4_WGSL } from './wgsl.ts';

export interface NormShape {
  readonly rows: number;
  /** H. */
  readonly width: number;
}

interface NormParameters {
  readonly scale: Range; // [H]
  readonly shift: Range; // [H]
  readonly epsilon: number;
}

/** Statements that normalise a row, given the functions `inputAt`, `scaleAt` and `shiftAt`; `store` is run for each vector. */
function normalise(shape: NormShape, epsilon: number, store: string): string {
  const H4 = shape.width / 4;
  return `
    let first = row * ${H4};
    var sum = 0.0;
    for (var c = lane; c < ${H4}; c = c + LANES) { sum = sum + sum4(inputAt(first + c)); }
    let mean = sumOver(sum, lane) / ${float(shape.width)};
    var squares = 0.0;
    for (var c = lane; c < ${H4}; c = c + LANES) {
      let d = inputAt(first + c) - mean;
      squares = squares + dot(d, d);
    }
    let inverse = 1.0 / sqrt(sumOver(squares, lane) / ${float(shape.width)} + ${float(epsilon)});
    for (var c = lane; c < ${H4}; c = c + LANES) {
      let at = first + c;
      let value = (inputAt(at) - mean) * inverse * scaleAt(c) + shiftAt(c);
      ${store}
    }
    if (lane == 0) { moments[row] = vec2<f32>(mean, inverse); }`;
}

/** output = LayerNorm(x). */
export function normForward(
  style: KernelStyle,
  shape: NormShape,
  parameters: NormParameters,
  ranges: { readonly x: Range; readonly output: Range; readonly moments: Range },
): Dispatch {
  return rowKernel(style, {
    name: 'norm',
    rows: shape.rows,
    bindings: {
      x: read(ranges.x, 'vec4<f32>'),
      scale: read(parameters.scale, 'vec4<f32>'),
      shift: read(parameters.shift, 'vec4<f32>'),
      output: readWrite(ranges.output, 'vec4<f32>'),
      moments: readWrite(ranges.moments, 'vec2<f32>'),
    },
    declarations: `${SUM4_WGSL}
      fn inputAt(at : i32) -> vec4<f32> { return x[at]; }
      fn scaleAt(c : i32) -> vec4<f32> { return scale[c]; }
      fn shiftAt(c : i32) -> vec4<f32> { return shift[c]; }`,
    body: normalise(shape, parameters.epsilon, 'output[at] = value;'),
  });
}

export interface EmbeddingRanges {
  readonly ids: Range; // [N]
  readonly places: Range; // [N]
  /** The flat parameters. One binding for all five that are read: devices allow eight. */
  readonly parameters: Range;
  /** The sum before LayerNorm. */
  readonly x: Range; // [N, H]
  readonly output: Range; // [N, H]
  readonly moments: Range; // [N, 2]
}

/** Where the parameters start in the flat ones. */
export interface EmbeddingStarts {
  readonly words: number; // [V, H]
  readonly positions: number; // [P, H]
  readonly types: number; // [1, H]
  readonly scale: number; // [H]
  readonly shift: number; // [H]
}

/** x = word + position + token type; output = dropout(LayerNorm(x)). */
export function embeddingForward(
  style: KernelStyle,
  shape: NormShape & { readonly epsilon: number },
  starts: EmbeddingStarts,
  ranges: EmbeddingRanges,
  dropout: Dropout,
): Dispatch {
  const H4 = shape.width / 4;
  const drop = dropoutWgsl(dropout);
  const parameter = (name: keyof EmbeddingStarts, place: string): string =>
    `parameters[${starts[name] / 4} + ${place}]`;
  return rowKernel(style, {
    name: 'embedding',
    rows: shape.rows,
    bindings: {
      ids: read(ranges.ids, 'i32'),
      places: read(ranges.places, 'i32'),
      parameters: read(ranges.parameters, 'vec4<f32>'),
      x: readWrite(ranges.x, 'vec4<f32>'),
      output: readWrite(ranges.output, 'vec4<f32>'),
      moments: readWrite(ranges.moments, 'vec2<f32>'),
      ...drop.bindings,
    },
    declarations: `${SUM4_WGSL} ${drop.declarations}
      fn inputAt(at : i32) -> vec4<f32> { return x[at]; }
      fn scaleAt(c : i32) -> vec4<f32> { return ${parameter('scale', 'c')}; }
      fn shiftAt(c : i32) -> vec4<f32> { return ${parameter('shift', 'c')}; }`,
    body: `
      let word = ids[row] * ${H4};
      let position = places[row] * ${H4};
      for (var c = lane; c < ${H4}; c = c + LANES) {
        x[row * ${H4} + c] =
          ${parameter('words', 'word + c')} + ${parameter('positions', 'position + c')} + ${parameter('types', 'c')};
      }
      ${normalise(shape, shape.epsilon, 'output[at] = value * keep4(4 * at);')}`,
  });
}

/** Where the gradient of a LayerNorm's output comes from. */
export interface Upstream {
  readonly bindings: Readonly<Record<string, Binding>>;
  /** Declares `fn <name>(row : i32, c : i32) -> vec4<f32>`. */
  declare(name: string): string;
}

/** Row by row. @param prefix of the binding's name, where a kernel has several upstreams */
export function directly(dy: Range, width: number, prefix = ''): Upstream {
  return {
    bindings: { [`${prefix}dy`]: read(dy, 'vec4<f32>') },
    declare: (name) => `fn ${name}(row : i32, c : i32) -> vec4<f32> { return ${prefix}dy[row * ${width / 4} + c]; }`,
  };
}

/** From the rows that the head read; others have none. @param maskedRowOf row of dy for each row, or -1 */
export function fromMaskedRows(dy: Range, maskedRowOf: Range, width: number, prefix = ''): Upstream {
  return {
    bindings: { [`${prefix}dy`]: read(dy, 'vec4<f32>'), maskedRowOf: read(maskedRowOf, 'i32') },
    declare: (name) => `fn ${name}(row : i32, c : i32) -> vec4<f32> {
      let masked = maskedRowOf[row];
      if (masked < 0) { return vec4<f32>(0.0); }
      return ${prefix}dy[masked * ${width / 4} + c];
    }`,
  };
}

/** Through the dropout that follows the LayerNorm. */
export function throughDropout(dy: Range, width: number, dropout: Dropout): Upstream {
  const { bindings, declarations } = dropoutWgsl(dropout);
  return {
    bindings: { dy: read(dy, 'vec4<f32>'), ...bindings },
    declare: (name) => `${declarations}
      fn ${name}(row : i32, c : i32) -> vec4<f32> {
        let at = row * ${width / 4} + c;
        return dy[at] * keep4(4 * at);
      }`,
  };
}

/** What becomes of the gradient of a LayerNorm's input. */
export interface NormSink {
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly declarations: string;
  /** Statements that store `value` at the vector `at`. */
  readonly store: string;
}

/** Stores it as it is. */
export function plainSink(dx: Range): NormSink {
  return { bindings: { dx: readWrite(dx, 'vec4<f32>') }, declarations: '', store: 'dx[at] = value;' };
}

/** Stores it, and what of it passes the dropout in front of the residual sum. */
export function droppedSink(dx: Range, dropped: Range, dropout: Dropout): NormSink {
  if (dropout.rate <= 0) return plainSink(dx);
  const { bindings, declarations } = dropoutWgsl(dropout);
  return {
    bindings: { dx: readWrite(dx, 'vec4<f32>'), dropped: readWrite(dropped, 'vec4<f32>'), ...bindings },
    declarations,
    store: 'dx[at] = value; dropped[at] = value * keep4(4 * at);',
  };
}

/** Stores it times the slope of the activation in front. */
export function slopeSink(dx: Range, slope: Range): NormSink {
  return {
    bindings: { dx: readWrite(dx, 'vec4<f32>'), slope: read(slope, 'vec4<f32>') },
    declarations: '',
    store: 'dx[at] = value * slope[at];',
  };
}

/** Gradient of LayerNorm in its input. */
export function normBackward(
  style: KernelStyle,
  shape: NormShape,
  ranges: { readonly x: Range; readonly moments: Range; readonly scale: Range },
  upstream: Upstream,
  sink: NormSink,
): Dispatch {
  const H4 = shape.width / 4;
  return rowKernel(style, {
    name: 'normGradient',
    rows: shape.rows,
    bindings: {
      x: read(ranges.x, 'vec4<f32>'),
      moments: read(ranges.moments, 'vec2<f32>'),
      scale: read(ranges.scale, 'vec4<f32>'),
      ...upstream.bindings,
      ...sink.bindings,
    },
    declarations: `${SUM4_WGSL} ${upstream.declare('upstream')} ${sink.declarations}`,
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
        let value = (upstream(row, c) * scale[c] - average - (x[at] - mean) * inverse * tilt) * inverse;
        ${sink.store}
      }`,
  });
}
