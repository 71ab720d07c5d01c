/** The dispatches of the backward pass, from the logits' gradient to that of every parameter. */
import type { Activations } from './forwardPass.ts';
import { attentionKeyGradient, attentionScoreGradient } from './kernels/attention.ts';
import { embeddingGradient } from './kernels/embeddingGradient.ts';
import { denseGradients, type Epilogue, plain, plus, timesSlope } from './kernels/epilogues.ts';
import { matMul } from './kernels/matMul.ts';
import {
  directly,
  droppedSink,
  fromMaskedRows,
  normBackward,
  plainSink,
  slopeSink,
  throughDropout,
  type Upstream,
} from './kernels/norm.ts';
import { joinParts, normSums, plainSums } from './kernels/rowSums.ts';
import type { Dropout } from './kernels/wgsl.ts';
import type { Range } from './plan.ts';
import {
  columnOf,
  hiddenDropout,
  type LayerActivations,
  layerName,
  probabilityDropout,
  type Scratch,
  type StepContext,
} from './stepPlan.ts';

const EMBEDDINGS = 'roberta.embeddings';
const WORDS = `${EMBEDDINGS}.word_embeddings.weight`;

/** Records the backward pass. */
export function addBackwardPass(context: StepContext, { outer, layers }: Activations): void {
  const scratch = createScratch(context);
  const last = layers.at(-1)?.output ?? outer.embedded;
  addHead(context, { outer, layers }, last, scratch);
  for (const [layer, ranges] of [...layers.entries()].reverse()) {
    const upstream = (prefix: string): Upstream => upstreamOf(context, scratch, layer === layers.length - 1, prefix);
    addFeedForward(context, layer, ranges, scratch, upstream('late'));
    addAttention(context, layer, ranges, scratch);
    // Before the next line: it overwrites the gradient that is summed here.
    addLayerSums(context, layer, ranges, scratch, upstream('late'));
    const weight = context.state.parameter(`${layerName(layer)}.attention.self.qkv.weight`);
    addInputGradient(context, 'dInput', scratch.dQkv, weight, plus(scratch.dOutput, scratch.dSum));
  }
  addEmbedding(context, { outer, layers }, scratch);
  const { plan, state, partsShape, accumulate } = context;
  const sums = { buffer: state.gradients.buffer, ...state.layout.rowSums };
  plan.add(joinParts(partsShape, scratch.parts, sums, accumulate));
}

function createScratch({ plan, model, sizes, shape, partsShape }: StepContext): Scratch {
  const { hiddenSize: H, intermediateSize: F } = model;
  const { maskedRows: M } = sizes;
  const N = sizes.rows * sizes.columns;
  const dSum = plan.buffer(N * H);
  return {
    dOutput: plan.buffer(N * H),
    dMiddle: plan.buffer(N * H),
    dSum,
    dDense: model.hiddenDropoutProb > 0 ? plan.buffer(N * H) : dSum,
    dWide: plan.buffer(N * F),
    dContext: plan.buffer(N * H),
    dScores: plan.buffer(N * shape.heads * shape.columns),
    dQkv: plan.buffer(N * 3 * H),
    dHeadOutput: plan.buffer(M * H),
    dHeadWide: plan.buffer(M * H),
    dMasked: plan.buffer(M * H),
    parts: plan.buffer(partsShape.stretches * partsShape.columns),
  };
}

/** Gradient of a layer's output: the head's rows for the last layer, what the layer above left for the others. */
function upstreamOf({ model, inputs }: StepContext, scratch: Scratch, isLast: boolean, prefix: string): Upstream {
  if (!isLast) return directly(scratch.dOutput, model.hiddenSize, prefix);
  return fromMaskedRows(scratch.dMasked, inputs.range('maskedRowOf'), model.hiddenSize, prefix);
}

function addHead(context: StepContext, { outer }: Activations, hidden: Range, scratch: Scratch): void {
  const { plan, style, model, sizes, state, inputs, partsShape } = context;
  const { hiddenSize: H } = model;
  const { maskedRows: M } = sizes;
  const table = state.parameter(WORDS);
  addDenseGradient(context, 'dDecoder', { dy: outer.logits, x: outer.headOutput, k: M }, WORDS, 'lm_head.bias');
  addInputGradient(context, 'dHeadOutput', outer.logits, table, plain(scratch.dHeadOutput), M);
  const name = 'lm_head.layer_norm';
  const norm = { x: outer.headWide, moments: outer.headMoments };
  const upstream = directly(scratch.dHeadOutput, H);
  const ranges = { ...norm, scale: state.parameter(`${name}.weight`) };
  const sink = slopeSink(scratch.dHeadWide, outer.headSlope);
  plan.add(normBackward(style, { rows: M, width: H }, ranges, upstream, sink));
  const column = columnOf(context, `${name}.weight`);
  plan.add(normSums(partsShape, scratch.parts, [{ ...norm, rows: M, upstream, column }]));
  const dy = { dy: scratch.dHeadWide, x: hidden, k: M, rowsOfB: inputs.range('positions') };
  addDenseGradient(context, 'dHead', dy, 'lm_head.dense.weight', 'lm_head.dense.bias');
  const weight = state.parameter('lm_head.dense.weight');
  addInputGradient(context, 'dMasked', scratch.dHeadWide, weight, plain(scratch.dMasked), M);
}

function addFeedForward(
  context: StepContext,
  layer: number,
  ranges: LayerActivations,
  scratch: Scratch,
  upstream: Upstream,
): void {
  const { state } = context;
  const name = layerName(layer);
  const norm = { x: ranges.outputSum, moments: ranges.outputMoments };
  addNormGradient(context, `${name}.output.LayerNorm`, norm, upstream, scratch, hiddenDropout(context, 3 + 3 * layer));
  const output = `${name}.output.dense`;
  const dOutput = { dy: scratch.dDense, x: ranges.wide };
  addDenseGradient(context, 'dOutput', dOutput, `${output}.weight`, `${output}.bias`);
  const toWide = timesSlope(scratch.dWide, ranges.slope);
  addInputGradient(context, 'dWide', scratch.dDense, state.parameter(`${output}.weight`), toWide);
  const intermediate = `${name}.intermediate.dense`;
  const dIntermediate = { dy: scratch.dWide, x: ranges.middle };
  addDenseGradient(context, 'dIntermediate', dIntermediate, `${intermediate}.weight`, `${intermediate}.bias`);
  const toMiddle = plus(scratch.dMiddle, scratch.dSum);
  addInputGradient(context, 'dMiddle', scratch.dWide, state.parameter(`${intermediate}.weight`), toMiddle);
}

function addAttention(context: StepContext, layer: number, ranges: LayerActivations, scratch: Scratch): void {
  const { plan, style, model, state, inputs, shape } = context;
  const name = `${layerName(layer)}.attention`;
  const norm = { x: ranges.attentionSum, moments: ranges.attentionMoments };
  const upstream = directly(scratch.dMiddle, model.hiddenSize);
  addNormGradient(context, `${name}.output.LayerNorm`, norm, upstream, scratch, hiddenDropout(context, 2 + 3 * layer));
  const output = `${name}.output.dense`;
  const dAttention = { dy: scratch.dDense, x: ranges.context };
  addDenseGradient(context, 'dAttentionOutput', dAttention, `${output}.weight`, `${output}.bias`);
  const weight = state.parameter(`${output}.weight`);
  addInputGradient(context, 'dContext', scratch.dDense, weight, plain(scratch.dContext));
  const attention = { ...ranges, ...scratch, attended: inputs.range('attended') };
  plan.add(attentionScoreGradient(style, shape, attention, probabilityDropout(context, layer)));
  plan.add(attentionKeyGradient(style, shape, attention));
  const dQkv = { dy: scratch.dQkv, x: ranges.input };
  addDenseGradient(context, 'dQkvWeight', dQkv, `${name}.self.qkv.weight`, `${name}.self.qkv.bias`);
}

/** @param late gradient of the layer's output */
function addLayerSums(
  context: StepContext,
  layer: number,
  ranges: LayerActivations,
  scratch: Scratch,
  late: Upstream,
): void {
  const { plan, model, sizes, partsShape } = context;
  const rows = sizes.rows * sizes.columns;
  const name = layerName(layer);
  const sums = [
    {
      rows,
      upstream: late,
      x: ranges.outputSum,
      moments: ranges.outputMoments,
      column: columnOf(context, `${name}.output.LayerNorm.weight`),
    },
    {
      rows,
      upstream: directly(scratch.dMiddle, model.hiddenSize, 'early'),
      x: ranges.attentionSum,
      moments: ranges.attentionMoments,
      column: columnOf(context, `${name}.attention.output.LayerNorm.weight`),
    },
  ];
  plan.add(normSums(partsShape, scratch.parts, sums));
}

function addEmbedding(context: StepContext, { outer, layers }: Activations, scratch: Scratch): void {
  const { plan, style, model, sizes, state, inputs, vocabSize, partsShape, accumulate } = context;
  const { hiddenSize: width } = model;
  const rows = sizes.rows * sizes.columns;
  if (layers.length === 0) throw new RangeError('a model without layers');
  const name = `${EMBEDDINGS}.LayerNorm`;
  const norm = { x: outer.embeddingSum, moments: outer.embeddingMoments };
  const upstream = throughDropout(scratch.dOutput, width, hiddenDropout(context, 0));
  const ranges = { ...norm, scale: state.parameter(`${name}.weight`) };
  plan.add(normBackward(style, { rows, width }, ranges, upstream, plainSink(scratch.dSum)));
  const column = columnOf(context, `${name}.weight`);
  plan.add(normSums(partsShape, scratch.parts, [{ ...norm, rows, upstream, column }]));
  const types = columnOf(context, `${EMBEDDINGS}.token_type_embeddings.weight`);
  plan.add(plainSums(partsShape, scratch.parts, scratch.dSum, rows, types));
  const shape = { vocabSize, positions: model.maxPositionEmbeddings, width };
  const tables = {
    dx: scratch.dSum,
    wordStarts: inputs.range('wordStarts'),
    wordUses: inputs.range('wordUses'),
    placeStarts: inputs.range('placeStarts'),
    placeUses: inputs.range('placeUses'),
    words: state.gradient(WORDS),
    positions: state.gradient(`${EMBEDDINGS}.position_embeddings.weight`),
  };
  plan.add(embeddingGradient(shape, tables, accumulate));
}

/** Backward through LayerNorm into a residual sum, and on through the dropout of its dense branch. */
function addNormGradient(
  { plan, style, model, sizes, state }: StepContext,
  name: string,
  norm: { readonly x: Range; readonly moments: Range },
  upstream: Upstream,
  scratch: Scratch,
  dropout: Dropout,
): void {
  const shape = { rows: sizes.rows * sizes.columns, width: model.hiddenSize };
  const ranges = { ...norm, scale: state.parameter(`${name}.weight`) };
  plan.add(normBackward(style, shape, ranges, upstream, droppedSink(scratch.dSum, scratch.dDense, dropout)));
}

/** Gradients of a dense layer's weight [m, n] and bias [m]: sums over k rows, all N unless told. */
function addDenseGradient(
  { plan, style, sizes, state, accumulate }: StepContext,
  name: string,
  rows: { readonly dy: Range; readonly x: Range; readonly k?: number; readonly rowsOfB?: Range },
  weight: string,
  bias: string,
): void {
  const { dy, x, k = sizes.rows * sizes.columns, rowsOfB } = rows;
  const [weightGradient, biasGradient] = [state.gradient(weight), state.gradient(bias)];
  const m = dy.length / k;
  plan.add(
    matMul(style, {
      name,
      form: 'tn',
      m,
      n: weightGradient.length / m,
      k,
      a: dy,
      b: x,
      ...(rowsOfB === undefined ? {} : { rowsOfB }),
      epilogue: denseGradients(weightGradient, biasGradient, accumulate),
    }),
  );
}

/** dy · weight, over all N rows unless told. */
function addInputGradient(
  { plan, style, sizes }: StepContext,
  name: string,
  dy: Range,
  weight: Range,
  epilogue: Epilogue,
  m = sizes.rows * sizes.columns,
): void {
  const k = dy.length / m;
  plan.add(matMul(style, { name, form: 'nn', m, n: weight.length / k, k, a: dy, b: weight, epilogue }));
}
