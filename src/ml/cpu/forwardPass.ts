/** The forward pass, down to the logits. */
import { addDense, addNorm } from './products.ts';
import { floatBits } from './programBuilder.ts';
import {
  hiddenDropout,
  inputAt,
  layerName,
  parameterAt,
  positionsOf,
  probabilityDropout,
  type StepContext,
} from './stepContext.ts';

/** Addresses of what a layer's forward pass leaves for its backward pass. */
export interface LayerActivations {
  /** What the layer reads: the output of the one before. */
  readonly input: number; // [N, H]
  readonly qkv: number; // [N, 3H]
  readonly probabilities: number; // [B, A, T, T]
  readonly context: number; // [N, H]
  readonly attentionSum: number; // [N, H]
  readonly attentionMoments: number; // [N, 2]
  readonly middle: number; // [N, H]
  readonly wide: number; // [N, F]
  readonly slope: number; // [N, F]
  readonly outputSum: number; // [N, H]
  readonly outputMoments: number; // [N, 2]
  readonly output: number; // [N, H]
}

/** The embeddings' and the head's. */
export interface OuterActivations {
  readonly embeddingSum: number; // [N, H]
  readonly embeddingMoments: number; // [N, 2]
  readonly embedded: number; // [N, H]
  readonly headInput: number; // [M, H]
  readonly headWide: number; // [M, H]
  readonly headSlope: number; // [M, H]
  readonly headMoments: number; // [M, 2]
  readonly headOutput: number; // [M, H]
  readonly logits: number; // [M, V padded]
}

export interface Activations {
  readonly outer: OuterActivations;
  readonly layers: readonly LayerActivations[];
}

/** Appends the forward pass. Without training, layers use the same memory in turn. */
export function addForwardPass(context: StepContext): Activations {
  const outer = createOuter(context);
  addEmbedding(context, outer);
  const layers: LayerActivations[] = [];
  let hidden = outer.embedded;
  for (let layer = 0; layer < context.model.numHiddenLayers; layer++) {
    // Not the one before: its output is this one's input.
    const reused = context.training ? undefined : layers[layer - 2];
    const activations = { ...(reused ?? createLayer(context)), input: hidden };
    addAttention(context, layer, activations);
    addFeedForward(context, layer, activations);
    layers.push(activations);
    hidden = activations.output;
  }
  addHead(context, hidden, outer);
  return { outer, layers };
}

function createOuter(context: StepContext): OuterActivations {
  const { program, model, sizes, layout } = context;
  const { hiddenSize: H } = model;
  const { maskedRows: M } = sizes;
  const N = positionsOf(context);
  return {
    embeddingSum: program.buffer(N * H),
    embeddingMoments: program.buffer(2 * N),
    embedded: program.buffer(N * H),
    headInput: program.buffer(M * H),
    headWide: program.buffer(M * H),
    headSlope: program.buffer(M * H),
    headMoments: program.buffer(2 * M),
    headOutput: program.buffer(M * H),
    logits: program.buffer(M * layout.paddedVocabSize),
  };
}

function createLayer(context: StepContext): Omit<LayerActivations, 'input'> {
  const { program, model, sizes } = context;
  const { hiddenSize: H, intermediateSize: F, numAttentionHeads: heads } = model;
  const N = positionsOf(context);
  return {
    qkv: program.buffer(N * 3 * H),
    probabilities: program.buffer(N * heads * sizes.columns),
    context: program.buffer(N * H),
    attentionSum: program.buffer(N * H),
    attentionMoments: program.buffer(2 * N),
    middle: program.buffer(N * H),
    wide: program.buffer(N * F),
    slope: program.buffer(N * F),
    outputSum: program.buffer(N * H),
    outputMoments: program.buffer(2 * N),
    output: program.buffer(N * H),
  };
}

function addEmbedding(context: StepContext, outer: OuterActivations): void {
  const { program, model } = context;
  const { hiddenSize: H } = model;
  const N = positionsOf(context);
  const table = (name: string): number => parameterAt(context, `roberta.embeddings.${name}.weight`);
  const [words, positions, types] = [
    table('word_embeddings'),
    table('position_embeddings'),
    table('token_type_embeddings'),
  ];
  const [ids, places] = [inputAt(context, 'ids'), inputAt(context, 'places')];
  program.add('embeddingForward', N, 1, H, ids, places, words, positions, types, outer.embeddingSum);
  addNorm(
    context,
    'roberta.embeddings.LayerNorm',
    N,
    outer.embeddingSum,
    outer.embedded,
    outer.embeddingMoments,
    epsilonOf(context),
  );
  const dropout = hiddenDropout(context, 0);
  if (dropout[1] !== 0) program.add('dropoutRows', (N * H) / 4, 64, outer.embedded, outer.embedded, ...dropout);
}

function addAttention(context: StepContext, layer: number, ranges: LayerActivations): void {
  const { program, model, sizes } = context;
  const { hiddenSize: H, numAttentionHeads: heads } = model;
  const N = positionsOf(context);
  const name = `${layerName(layer)}.attention`;
  addDense(context, N, 3 * H, H, ranges.input, parameterAt(context, `${name}.self.qkv.weight`), ranges.qkv);
  program.add('biasRows', N, 1, 3 * H, ranges.qkv, parameterAt(context, `${name}.self.qkv.bias`));
  program.add(
    ...(['attentionForward', sizes.rows * heads, 1, sizes.columns, heads, H / heads, ranges.qkv] as const),
    ...[inputAt(context, 'attended'), ranges.probabilities, ranges.context, ...probabilityDropout(context, layer)],
  );
  const output = `${name}.output.dense`;
  addDense(context, N, H, H, ranges.context, parameterAt(context, `${output}.weight`), ranges.attentionSum);
  addResidual(context, ranges.attentionSum, `${output}.bias`, ranges.input, 2 + 3 * layer);
  addNorm(
    context,
    `${name}.output.LayerNorm`,
    N,
    ranges.attentionSum,
    ranges.middle,
    ranges.attentionMoments,
    epsilonOf(context),
  );
}

function addFeedForward(context: StepContext, layer: number, ranges: LayerActivations): void {
  const { program, model } = context;
  const { hiddenSize: H, intermediateSize: F } = model;
  const N = positionsOf(context);
  const name = layerName(layer);
  const intermediate = `${name}.intermediate.dense`;
  addDense(context, N, F, H, ranges.middle, parameterAt(context, `${intermediate}.weight`), ranges.wide);
  program.add(
    'biasGelu',
    N,
    1,
    F,
    ranges.wide,
    parameterAt(context, `${intermediate}.bias`),
    ranges.wide,
    ranges.slope,
  );
  const output = `${name}.output.dense`;
  addDense(context, N, H, F, ranges.wide, parameterAt(context, `${output}.weight`), ranges.outputSum);
  addResidual(context, ranges.outputSum, `${output}.bias`, ranges.middle, 3 + 3 * layer);
  addNorm(
    context,
    `${name}.output.LayerNorm`,
    N,
    ranges.outputSum,
    ranges.output,
    ranges.outputMoments,
    epsilonOf(context),
  );
}

/** Reads the masked rows only. */
function addHead(context: StepContext, hidden: number, outer: OuterActivations): void {
  const { program, model, sizes, layout } = context;
  const { hiddenSize: H } = model;
  const { maskedRows: M } = sizes;
  const V = layout.paddedVocabSize;
  program.add('gatherRows', M, 1, H, hidden, inputAt(context, 'positions'), outer.headInput);
  addDense(context, M, H, H, outer.headInput, parameterAt(context, 'lm_head.dense.weight'), outer.headWide);
  const bias = parameterAt(context, 'lm_head.dense.bias');
  program.add('biasGelu', M, 1, H, outer.headWide, bias, outer.headWide, outer.headSlope);
  addNorm(context, 'lm_head.layer_norm', M, outer.headWide, outer.headOutput, outer.headMoments, epsilonOf(context));
  const table = parameterAt(context, 'roberta.embeddings.word_embeddings.weight');
  addDense(context, M, V, H, outer.headOutput, table, outer.logits);
  program.add('biasRows', M, 1, V, outer.logits, parameterAt(context, 'lm_head.bias'));
}

/** sum ← residual + dropout(sum + bias). */
function addResidual(context: StepContext, sum: number, bias: string, residual: number, site: number): void {
  const { program, model } = context;
  const dropout = hiddenDropout(context, site);
  const N = positionsOf(context);
  program.add(
    'biasDropoutResidual',
    N,
    1,
    model.hiddenSize,
    sum,
    parameterAt(context, bias),
    residual,
    sum,
    ...dropout,
  );
}

function epsilonOf({ model }: StepContext): number {
  return floatBits(model.layerNormEps);
}
