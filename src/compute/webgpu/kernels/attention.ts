/**
 * Multi-head self-attention over packed queries, keys and values: softmax(q · kᵀ / √D) · v for each of the B · A heads,
 * forward and backward, in the style of the adapter.
 * Source: Vaswani et al. (2017), Attention Is All You Need.
 */
import type { KernelStyle } from '../../../core/device.ts';
import { type Dispatch, read, readWrite } from '../plan.ts';
import type { AttentionGradientRanges, AttentionRanges, AttentionShape, AttentionStyle } from './attentionShape.ts';
import { SHARED_ATTENTION } from './sharedAttention.ts';
import { SINGLE_ATTENTION } from './singleAttention.ts';
import { type Dropout, dropoutWgsl } from './wgsl.ts';

const STYLES: Readonly<Record<KernelStyle, AttentionStyle>> = { single: SINGLE_ATTENTION, shared: SHARED_ATTENTION };

export function attentionForward(
  style: KernelStyle,
  shape: AttentionShape,
  ranges: AttentionRanges,
  dropout: Dropout,
): Dispatch {
  const drop = dropoutWgsl(dropout);
  const { declarations = '', ...kernel } = STYLES[style].forward(shape);
  return {
    name: 'attention',
    bindings: {
      qkv: read(ranges.qkv, 'vec4<f32>'),
      attended: read(ranges.attended, 'i32'),
      probabilities: readWrite(ranges.probabilities, 'f32'),
      context: readWrite(ranges.context, 'vec4<f32>'),
      ...drop.bindings,
    },
    ...kernel,
    declarations: drop.declarations + declarations,
  };
}

/**
 * Gradients of the scores and of the queries. The mean of a row's softmax gradient is Σ dContext · context, whatever
 * dropout dropped.
 */
export function attentionScoreGradient(
  style: KernelStyle,
  shape: AttentionShape,
  ranges: AttentionGradientRanges,
  dropout: Dropout,
): Dispatch {
  const drop = dropoutWgsl(dropout);
  const { declarations = '', ...kernel } = STYLES[style].scoreGradient(shape, dropout.rate > 0);
  return {
    name: 'attentionScoreGradient',
    bindings: {
      qkv: read(ranges.qkv, 'vec4<f32>'),
      probabilities: readWrite(ranges.probabilities, 'f32'),
      context: read(ranges.context, 'vec4<f32>'),
      dContext: read(ranges.dContext, 'vec4<f32>'),
      dScores: readWrite(ranges.dScores, 'f32'),
      dQkv: readWrite(ranges.dQkv, 'vec4<f32>'),
      ...drop.bindings,
    },
    ...kernel,
    declarations: drop.declarations + declarations,
  };
}

/** Gradients of the keys and of the values, after those of the scores. */
export function attentionKeyGradient(
  style: KernelStyle,
  shape: AttentionShape,
  ranges: AttentionGradientRanges,
): Dispatch {
  const { scores = 'f32', ...kernel } = STYLES[style].keyGradient(shape);
  return {
    name: 'attentionKeyGradient',
    bindings: {
      qkv: read(ranges.qkv, 'vec4<f32>'),
      probabilities: read(ranges.probabilities, scores),
      dContext: read(ranges.dContext, 'vec4<f32>'),
      dScores: read(ranges.dScores, scores),
      dQkv: readWrite(ranges.dQkv, 'vec4<f32>'),
    },
    ...kernel,
  };
}
