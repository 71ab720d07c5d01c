/** The dispatches of the forward pass, down to the loss and its gradient in the logits. */
import { attentionForward } from './kernels/attention.ts';
import { crossEntropy } from './kernels/crossEntropy.ts';
import { withBias, withGelu, withResidual } from './kernels/epilogues.ts';
import { matMul } from './kernels/matMul.ts';
import { embeddingForward, normForward } from './kernels/norm.ts';
import type { MatMul } from './kernels/product.ts';
import type { Range } from './plan.ts';
import {
  hiddenDropout,
  type LayerActivations,
  layerName,
  type OuterActivations,
  probabilityDropout,
  type StepContext,
} from './stepPlan.ts';

export interface Activations {
  readonly outer: OuterActivations;
  readonly layers: readonly LayerActivations[];
}

/** Records the forward pass. */
export function addForwardPass(context: StepContext): Activations {
  const outer = createOuter(context);
  addEmbedding(context, outer);
  const layers: LayerActivations[] = [];
  let hidden = outer.embedded;
  for (let layer = 0; layer < context.model.numHiddenLayers; layer++) {
    const activations = createLayer(context, hidden);
    addAttention(context, layer, activations);
    addFeedForward(context, layer, activations);
    layers.push(activations);
    hidden = activations.output;
  }
  addHead(context, hidden, outer);
  return { outer, layers };
}

function createOuter({ plan, model, sizes, state }: StepContext): OuterActivations {
  const { hiddenSize: H } = model;
  const { maskedRows: M } = sizes;
  const N = sizes.rows * sizes.columns;
  return {
    embeddingSum: plan.buffer(N * H),
    embeddingMoments: plan.buffer(2 * N),
    embedded: plan.buffer(N * H),
    headWide: plan.buffer(M * H),
    headSlope: plan.buffer(M * H),
    headMoments: plan.buffer(2 * M),
    headOutput: plan.buffer(M * H),
    logits: plan.buffer(M * state.layout.paddedVocabSize),
    figures: plan.buffer(2 * M),
  };
}

function createLayer({ plan, model, sizes, shape }: StepContext, input: Range): LayerActivations {
  const { hiddenSize: H, intermediateSize: F } = model;
  const N = sizes.rows * sizes.columns;
  return {
    input,
    qkv: plan.buffer(N * 3 * H),
    probabilities: plan.buffer(N * shape.heads * shape.columns),
    context: plan.buffer(N * H),
    attentionSum: plan.buffer(N * H),
    attentionMoments: plan.buffer(2 * N),
    middle: plan.buffer(N * H),
    wide: plan.buffer(N * F),
    slope: plan.buffer(N * F),
    outputSum: plan.buffer(N * H),
    outputMoments: plan.buffer(2 * N),
    output: plan.buffer(N * H),
  };
}

function addEmbedding(context: StepContext, outer: OuterActivations): void {
  const { plan, style, model, sizes, state, inputs } = context;
  const start = (name: string): number => state.parameter(`roberta.embeddings.${name}`).start;
  const starts = {
    words: start('word_embeddings.weight'),
    positions: start('position_embeddings.weight'),
    types: start('token_type_embeddings.weight'),
    scale: start('LayerNorm.weight'),
    shift: start('LayerNorm.bias'),
  };
  const ranges = {
    ids: inputs.range('ids'),
    places: inputs.range('places'),
    parameters: state.parameters,
    x: outer.embeddingSum,
    output: outer.embedded,
    moments: outer.embeddingMoments,
  };
  const shape = { rows: sizes.rows * sizes.columns, width: model.hiddenSize, epsilon: model.layerNormEps };
  plan.add(embeddingForward(style, shape, starts, ranges, hiddenDropout(context, 0)));
}

function addAttention(context: StepContext, layer: number, ranges: LayerActivations): void {
  const { plan, style, model, state, inputs, shape } = context;
  const { hiddenSize: H } = model;
  const name = `${layerName(layer)}.attention`;
  addDense(context, 'qkv', {
    n: 3 * H,
    k: H,
    a: ranges.input,
    b: state.parameter(`${name}.self.qkv.weight`),
    epilogue: withBias(ranges.qkv, state.parameter(`${name}.self.qkv.bias`)),
  });
  const attention = { ...ranges, attended: inputs.range('attended') };
  plan.add(attentionForward(style, shape, attention, probabilityDropout(context, layer)));
  const bias = state.parameter(`${name}.output.dense.bias`);
  addDense(context, 'attentionOutput', {
    n: H,
    k: H,
    a: ranges.context,
    b: state.parameter(`${name}.output.dense.weight`),
    epilogue: withResidual(ranges.attentionSum, bias, ranges.input, hiddenDropout(context, 2 + 3 * layer)),
  });
  addNorm(context, `${name}.output.LayerNorm`, {
    x: ranges.attentionSum,
    output: ranges.middle,
    moments: ranges.attentionMoments,
  });
}

function addFeedForward(context: StepContext, layer: number, ranges: LayerActivations): void {
  const { model, state } = context;
  const { hiddenSize: H, intermediateSize: F } = model;
  const name = layerName(layer);
  addDense(context, 'intermediate', {
    n: F,
    k: H,
    a: ranges.middle,
    b: state.parameter(`${name}.intermediate.dense.weight`),
    epilogue: withGelu(ranges.wide, state.parameter(`${name}.intermediate.dense.bias`), ranges.slope),
  });
  const bias = state.parameter(`${name}.output.dense.bias`);
  addDense(context, 'output', {
    n: H,
    k: F,
    a: ranges.wide,
    b: state.parameter(`${name}.output.dense.weight`),
    epilogue: withResidual(ranges.outputSum, bias, ranges.middle, hiddenDropout(context, 3 + 3 * layer)),
  });
  addNorm(context, `${name}.output.LayerNorm`, {
    x: ranges.outputSum,
    output: ranges.output,
    moments: ranges.outputMoments,
  });
}

/** Reads the masked rows only. */
function addHead(context: StepContext, hidden: Range, outer: OuterActivations): void {
  const { plan, style, model, sizes, state, inputs, training, vocabSize, accumulate } = context;
  const { hiddenSize: H } = model;
  const { maskedRows: M } = sizes;
  const { paddedVocabSize } = state.layout;
  addDense(context, 'head', {
    m: M,
    n: H,
    k: H,
    a: hidden,
    b: state.parameter('lm_head.dense.weight'),
    rowsOfA: inputs.range('positions'),
    epilogue: withGelu(outer.headWide, state.parameter('lm_head.dense.bias'), outer.headSlope),
  });
  addNorm(context, 'lm_head.layer_norm', {
    rows: M,
    x: outer.headWide,
    output: outer.headOutput,
    moments: outer.headMoments,
  });
  const table = state.parameter('roberta.embeddings.word_embeddings.weight');
  addDense(context, 'decoder', {
    m: M,
    n: paddedVocabSize,
    k: H,
    a: outer.headOutput,
    b: table,
    epilogue: withBias(outer.logits, state.parameter('lm_head.bias')),
  });
  const ranges = {
    logits: outer.logits,
    labels: inputs.range('labels'),
    weights: inputs.range('weights'),
    figures: outer.figures,
  };
  const smoothing = training.labelSmoothing;
  plan.add(crossEntropy(style, { rows: M, vocabSize, paddedVocabSize, smoothing }, ranges, accumulate));
}

/** x · weightᵀ with what follows, over all N rows unless told. */
function addDense(
  { plan, style, sizes }: StepContext,
  name: string,
  product: Omit<MatMul, 'name' | 'form' | 'm'> & { readonly m?: number },
): void {
  plan.add(matMul(style, { m: sizes.rows * sizes.columns, ...product, name, form: 'nt' }));
}

function addNorm(
  { plan, style, model, sizes, state }: StepContext,
  name: string,
  ranges: { readonly rows?: number; readonly x: Range; readonly output: Range; readonly moments: Range },
): void {
  const shape = { rows: ranges.rows ?? sizes.rows * sizes.columns, width: model.hiddenSize };
  const parameters = {
    scale: state.parameter(`${name}.weight`),
    shift: state.parameter(`${name}.bias`),
    epsilon: model.layerNormEps,
  };
  plan.add(normForward(style, shape, parameters, ranges));
}
