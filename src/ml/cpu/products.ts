/** Matrix products of a program, by their part in a dense layer: y = x · weightᵀ + bias. */
import { gradientAt, parameterAt, type StepContext } from './stepContext.ts';

const [NT, NN, TN] = [0, 1, 2];
/** Rows that one tile of a product has. */
const TILE_ROWS = 4;
/** Columns are summed in vectors of four, and a cache line has four of those. */
const SUM_GRAIN = 4;

/** y [m, n] = x [m, k] · weightᵀ, without the bias. @param weight address of [n, k] */
export function addDense(
  { program }: StepContext,
  m: number,
  n: number,
  k: number,
  x: number,
  weight: number,
  y: number,
): void {
  program.add('gemm', m, TILE_ROWS, NT, n, k, x, k, weight, k, y, n, 0);
}

/** dx [m, n] = dy [m, k] · weight. @param weight address of [k, n] */
export function addInputGradient(
  { program }: StepContext,
  m: number,
  n: number,
  k: number,
  dy: number,
  weight: number,
  dx: number,
): void {
  program.add('gemm', m, TILE_ROWS, NN, n, k, dy, k, weight, n, dx, n, 0);
}

/** Gradients of a layer's weight [outputs, inputs] and bias [outputs]: sums over rows. @param name up to `.weight` and `.bias` */
export function addDenseGradient(
  context: StepContext,
  sizes: { readonly rows: number; readonly outputs: number; readonly inputs: number },
  dy: number,
  x: number,
  weight: string,
  bias: string,
): void {
  const { program, accumulate } = context;
  const { rows, outputs, inputs } = sizes;
  const added = accumulate ? 1 : 0;
  program.add(
    'gemm',
    outputs,
    TILE_ROWS,
    TN,
    inputs,
    rows,
    dy,
    outputs,
    x,
    inputs,
    gradientAt(context, weight),
    inputs,
    added,
  );
  program.add('columnSums', outputs / 4, SUM_GRAIN, rows, outputs, dy, gradientAt(context, bias), added);
}

/** y = LayerNorm(x). @param name of the parameters, up to `.weight` and `.bias` */
export function addNorm(
  context: StepContext,
  name: string,
  rows: number,
  x: number,
  y: number,
  moments: number,
  epsilonBits: number,
): void {
  const [scale, shift] = [parameterAt(context, `${name}.weight`), parameterAt(context, `${name}.bias`)];
  context.program.add('layerNorm', rows, 1, context.model.hiddenSize, x, scale, shift, epsilonBits, y, moments);
}

/** Gradients of LayerNorm's parameters and of its input. */
export function addNormGradient(
  context: StepContext,
  name: string,
  rows: number,
  norm: { readonly x: number; readonly moments: number },
  dy: number,
  dx: number,
): void {
  const { program, model, accumulate } = context;
  const width = model.hiddenSize;
  const [dScale, dShift] = [gradientAt(context, `${name}.weight`), gradientAt(context, `${name}.bias`)];
  program.add(
    'layerNormSums',
    width / 4,
    SUM_GRAIN,
    rows,
    width,
    norm.x,
    norm.moments,
    dy,
    dScale,
    dShift,
    accumulate ? 1 : 0,
  );
  program.add(
    'layerNormBackward',
    rows,
    1,
    width,
    norm.x,
    norm.moments,
    parameterAt(context, `${name}.weight`),
    dy,
    dx,
  );
}
