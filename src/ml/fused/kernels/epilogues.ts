/** What a matrix product does with its result before it stores it. */
import { ERF_WGSL } from '../../kernels/erf.ts';
import { type Binding, type Range, read, readWrite } from '../plan.ts';
import { type Dropout, dropoutWgsl } from './wgsl.ts';

export interface Epilogue {
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly declarations: string;
  /** Declares `fn finish(at : i32, column : i32, value : vec4<f32>)`: `at` and `column` count vectors of four. */
  readonly finish: string;
  /** Statement for the sum over k of `a`, as `value` at the vector `at`; form tn only. */
  readonly finishSums?: string;
}

const output = (range: Range): Record<string, Binding> => ({ output: readWrite(range, 'vec4<f32>') });

/** output = product. */
export function plain(to: Range): Epilogue {
  return { bindings: output(to), declarations: '', finish: 'output[at] = value;' };
}

/** output = product + bias. @param bias [n] */
export function withBias(to: Range, bias: Range): Epilogue {
  return {
    bindings: { bias: read(bias, 'vec4<f32>'), ...output(to) },
    declarations: '',
    finish: 'output[at] = value + bias[column];',
  };
}

/**
 * output = gelu(product + bias), and the activation's slope there for the backward pass.
 * Source: Hendrycks and Gimpel (2016); `torch.nn.functional.gelu` with `approximate='none'`.
 */
export function withGelu(to: Range, bias: Range, slope: Range): Epilogue {
  return {
    bindings: { bias: read(bias, 'vec4<f32>'), ...output(to), slope: readWrite(slope, 'vec4<f32>') },
    declarations: ERF_WGSL.replaceAll('erfExact(value : f32) -> f32', 'erf4(value : vec4<f32>) -> vec4<f32>').replace(
      'clamp(value, -4.0, 4.0)',
      'clamp(value, vec4<f32>(-4.0), vec4<f32>(4.0))',
    ),
    finish: `
      let x = value + bias[column];
      let share = 0.5 * (1.0 + erf4(x * 0.70710678118654752));
      output[at] = x * share;
      slope[at] = share + x * 0.39894228040143268 * exp(-0.5 * x * x);`,
  };
}

/** output = dropout(product + bias) + residual. */
export function withResidual(to: Range, bias: Range, residual: Range, dropout: Dropout): Epilogue {
  const drop = dropoutWgsl(dropout);
  return {
    bindings: {
      bias: read(bias, 'vec4<f32>'),
      residual: read(residual, 'vec4<f32>'),
      ...output(to),
      ...drop.bindings,
    },
    declarations: drop.declarations,
    finish: 'output[at] = (value + bias[column]) * keep4(4 * at) + residual[at];',
  };
}

/** output = product · slope. */
export function timesSlope(to: Range, slope: Range): Epilogue {
  return {
    bindings: { slope: read(slope, 'vec4<f32>'), ...output(to) },
    declarations: '',
    finish: 'output[at] = value * slope[at];',
  };
}

/** output = product + other. */
export function plus(to: Range, other: Range): Epilogue {
  return {
    bindings: { other: read(other, 'vec4<f32>'), ...output(to) },
    declarations: '',
    finish: 'output[at] = value + other[at];',
  };
}

/** Gradients of a dense layer's weight and bias (form tn). @param accumulate adds to what is there */
export function denseGradients(weight: Range, bias: Range, accumulate: boolean): Epilogue {
  const sign = accumulate ? '+=' : '=';
  return {
    bindings: { ...output(weight), biasSums: readWrite(bias, 'vec4<f32>') },
    declarations: '',
    finish: `output[at] ${sign} value;`,
    finishSums: `biasSums[at] ${sign} value;`,
  };
}
