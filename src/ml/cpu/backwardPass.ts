/** The loss, and the backward pass from there to the gradient of every parameter. */
import type { Activations, LayerActivations, OuterActivations } from './forwardPass.ts';
import { addDenseGradient, addInputGradient, addNormGradient } from './products.ts';
import { floatBits } from './programBuilder.ts';
import {
  gradientAt,
  hiddenDropout,
  inputAt,
  layerName,
  parameterAt,
  positionsOf,
  probabilityDropout,
  type StepContext,
} from './stepContext.ts';

const EMBEDDINGS = 'roberta.embeddings';
const WORDS = `${EMBEDDINGS}.word_embeddings.weight`;

/** Addresses of the backward pass's memory, used by every layer in turn. */
interface Scratch {
  /** Gradient of a layer's output. */
  readonly dOutput: number; // [N, H]
  /** Gradient of the hidden states between attention and feed-forward. */
  readonly dMiddle: number; // [N, H]
  /** Gradient of a residual sum, and what of it passes the dropout. */
  readonly dSum: number; // [N, H]
  readonly dDense: number; // [N, H]
  readonly dWide: number; // [N, F]
  readonly dContext: number; // [N, H]
  readonly dQkv: number; // [N, 3H]
  readonly dHead: number; // [M, H]
  readonly dMasked: number; // [M, H]
}

/** Appends loss and backward pass. @returns address of the figures [M, 2] */
export function addBackwardPass(context: StepContext, { outer, layers }: Activations): number {
  const scratch = createScratch(context);
  const figures = addLoss(context, outer);
  addHead(context, outer, scratch);
  for (const [layer, ranges] of [...layers.entries()].reverse()) {
    addFeedForward(context, layer, ranges, scratch);
    addAttention(context, layer, ranges, scratch);
  }
  addEmbedding(context, outer, scratch);
  return figures;
}

function createScratch(context: StepContext): Scratch {
  const { program, model, sizes } = context;
  const { hiddenSize: H, intermediateSize: F } = model;
  const { maskedRows: M } = sizes;
  const N = positionsOf(context);
  const dSum = program.buffer(N * H);
  return {
    dOutput: program.buffer(N * H),
    dMiddle: program.buffer(N * H),
    dSum,
    dDense: model.hiddenDropoutProb > 0 ? program.buffer(N * H) : dSum,
    dWide: program.buffer(N * F),
    dContext: program.buffer(N * H),
    dQkv: program.buffer(N * 3 * H),
    dHead: program.buffer(M * H),
    dMasked: program.buffer(M * H),
  };
}

function addLoss(context: StepContext, { logits }: OuterActivations): number {
  const { program, sizes, vocabSize, layout, accumulate, labelSmoothing } = context;
  const { maskedRows: M } = sizes;
  const figures = program.buffer(2 * M);
  const [labels, weights] = [inputAt(context, 'labels'), inputAt(context, 'weights')];
  const padded = layout.paddedVocabSize;
  program.add(
    'crossEntropy',
    M,
    1,
    vocabSize,
    padded,
    logits,
    labels,
    weights,
    figures,
    accumulate ? 1 : 0,
    floatBits(labelSmoothing),
  );
  return figures;
}

function addHead(context: StepContext, outer: OuterActivations, scratch: Scratch): void {
  const { program, model, sizes, layout } = context;
  const { hiddenSize: H } = model;
  const { maskedRows: M } = sizes;
  const V = layout.paddedVocabSize;
  addDenseGradient(context, { rows: M, outputs: V, inputs: H }, outer.logits, outer.headOutput, WORDS, 'lm_head.bias');
  addInputGradient(context, M, H, V, outer.logits, parameterAt(context, WORDS), scratch.dMasked);
  const norm = { x: outer.headWide, moments: outer.headMoments };
  addNormGradient(context, 'lm_head.layer_norm', M, norm, scratch.dMasked, scratch.dHead);
  program.add('multiply', (M * H) / 4, 64, scratch.dHead, outer.headSlope, scratch.dHead);
  const [weight, bias] = ['lm_head.dense.weight', 'lm_head.dense.bias'];
  addDenseGradient(context, { rows: M, outputs: H, inputs: H }, scratch.dHead, outer.headInput, weight, bias);
  addInputGradient(context, M, H, H, scratch.dHead, parameterAt(context, weight), scratch.dMasked);
  const rowOf = inputAt(context, 'maskedRowOf');
  program.add('scatterMaskedRows', positionsOf(context), 1, H, rowOf, scratch.dMasked, scratch.dOutput);
}

function addFeedForward(context: StepContext, layer: number, ranges: LayerActivations, scratch: Scratch): void {
  const { program, model } = context;
  const { hiddenSize: H, intermediateSize: F } = model;
  const rows = positionsOf(context);
  const name = layerName(layer);
  const norm = { x: ranges.outputSum, moments: ranges.outputMoments };
  addNormGradient(context, `${name}.output.LayerNorm`, rows, norm, scratch.dOutput, scratch.dSum);
  addDropoutGradient(context, scratch, 3 + 3 * layer);
  const output = `${name}.output.dense`;
  const [weight, bias] = [`${output}.weight`, `${output}.bias`];
  addDenseGradient(context, { rows, outputs: H, inputs: F }, scratch.dDense, ranges.wide, weight, bias);
  addInputGradient(context, rows, F, H, scratch.dDense, parameterAt(context, weight), scratch.dWide);
  program.add('multiply', (rows * F) / 4, 64, scratch.dWide, ranges.slope, scratch.dWide);
  const wide = `${name}.intermediate.dense`;
  const sizes = { rows, outputs: F, inputs: H };
  addDenseGradient(context, sizes, scratch.dWide, ranges.middle, `${wide}.weight`, `${wide}.bias`);
  addInputGradient(context, rows, H, F, scratch.dWide, parameterAt(context, `${wide}.weight`), scratch.dMiddle);
  program.add('add', (rows * H) / 4, 64, scratch.dMiddle, scratch.dSum, scratch.dMiddle);
}

function addAttention(context: StepContext, layer: number, ranges: LayerActivations, scratch: Scratch): void {
  const { program, model, sizes } = context;
  const { hiddenSize: H, numAttentionHeads: heads } = model;
  const rows = positionsOf(context);
  const name = `${layerName(layer)}.attention`;
  const norm = { x: ranges.attentionSum, moments: ranges.attentionMoments };
  addNormGradient(context, `${name}.output.LayerNorm`, rows, norm, scratch.dMiddle, scratch.dSum);
  addDropoutGradient(context, scratch, 2 + 3 * layer);
  const [weight, bias] = [`${name}.output.dense.weight`, `${name}.output.dense.bias`];
  addDenseGradient(context, { rows, outputs: H, inputs: H }, scratch.dDense, ranges.context, weight, bias);
  addInputGradient(context, rows, H, H, scratch.dDense, parameterAt(context, weight), scratch.dContext);
  program.add(
    ...(['attentionBackward', sizes.rows * heads, 1, sizes.columns, heads, H / heads, ranges.qkv] as const),
    ...[ranges.probabilities, ranges.context, scratch.dContext, scratch.dQkv, ...probabilityDropout(context, layer)],
  );
  const [packed, packedBias] = [`${name}.self.qkv.weight`, `${name}.self.qkv.bias`];
  addDenseGradient(context, { rows, outputs: 3 * H, inputs: H }, scratch.dQkv, ranges.input, packed, packedBias);
  addInputGradient(context, rows, H, 3 * H, scratch.dQkv, parameterAt(context, packed), scratch.dOutput);
  program.add('add', (rows * H) / 4, 64, scratch.dOutput, scratch.dSum, scratch.dOutput);
}

function addEmbedding(context: StepContext, outer: OuterActivations, scratch: Scratch): void {
  const { program, model, vocabSize, accumulate } = context;
  const { hiddenSize: H, maxPositionEmbeddings } = model;
  const N = positionsOf(context);
  const dropout = hiddenDropout(context, 0);
  if (dropout[1] !== 0) program.add('dropoutRows', (N * H) / 4, 64, scratch.dOutput, scratch.dOutput, ...dropout);
  const norm = { x: outer.embeddingSum, moments: outer.embeddingMoments };
  addNormGradient(context, `${EMBEDDINGS}.LayerNorm`, N, norm, scratch.dOutput, scratch.dSum);
  const added = accumulate ? 1 : 0;
  const types = gradientAt(context, `${EMBEDDINGS}.token_type_embeddings.weight`);
  program.add('columnSums', H / 4, 4, N, H, scratch.dSum, types, added);
  const [starts, uses] = [inputAt(context, 'wordStarts'), inputAt(context, 'wordUses')];
  // Adds to what the head has left there: the table is tied.
  program.add('embeddingBackward', vocabSize, 4, H, starts, uses, scratch.dSum, gradientAt(context, WORDS), 1);
  const positions = gradientAt(context, `${EMBEDDINGS}.position_embeddings.weight`);
  const [placeStarts, placeUses] = [inputAt(context, 'placeStarts'), inputAt(context, 'placeUses')];
  program.add('embeddingBackward', maxPositionEmbeddings, 1, H, placeStarts, placeUses, scratch.dSum, positions, added);
}

/** What of a residual sum's gradient passes the dropout in front of it. */
function addDropoutGradient(context: StepContext, { dSum, dDense }: Scratch, site: number): void {
  const { program, model } = context;
  const dropout = hiddenDropout(context, site);
  const vectors = (positionsOf(context) * model.hiddenSize) / 4;
  if (dropout[1] !== 0) program.add('dropoutRows', vectors, 64, dSum, dDense, ...dropout);
}
