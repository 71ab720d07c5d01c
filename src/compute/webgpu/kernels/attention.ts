/**
 * Multi-head self-attention over packed queries, keys and values: softmax(q · kᵀ / √D) · v for each of the B · A heads,
 * forward and backward, in the style of the adapter.
 * Source: Vaswani et al. (2017), Attention Is All You Need.
 */
import type { KernelStyle } from '../../../core/device.ts';
import { bind, type Dispatch, type Ranges } from '../plan.ts';
import type { AttentionShape, AttentionStyle } from './attentionShape.ts';
import { SHARED_ATTENTION } from './sharedAttention.ts';
import { SINGLE_ATTENTION } from './singleAttention.ts';
import { type Dropout, dropoutWgsl } from './wgsl.ts';

const STYLES: Readonly<Record<KernelStyle, AttentionStyle>> = { single: SINGLE_ATTENTION, shared: SHARED_ATTENTION };

const FORWARD = {
  qkv: 'vec4<f32>', // [N, 3H]
  attended: 'i32', // [N]
  /** Softmax, before dropout; kept for the backward pass, which overwrites it with what dropout kept. */
  probabilities: 'rw f32', // [B, A, T, T]
  context: 'rw vec4<f32>', // [N, H]
} as const;
const SCORE_GRADIENT = {
  qkv: 'vec4<f32>',
  probabilities: 'rw f32',
  context: 'vec4<f32>',
  dContext: 'vec4<f32>', // [N, H]
  /** Gradient of the scores before their scaling; scratch between the two dispatches. */
  dScores: 'rw f32', // [B, A, T, T]
  dQkv: 'rw vec4<f32>', // [N, 3H]
} as const;
const KEY_GRADIENT = {
  qkv: 'vec4<f32>',
  probabilities: 'f32',
  dContext: 'vec4<f32>',
  dScores: 'f32',
  dQkv: 'rw vec4<f32>',
} as const;

export function attentionForward(
  style: KernelStyle,
  shape: AttentionShape,
  ranges: Ranges<typeof FORWARD>,
  dropout: Dropout,
): Dispatch {
  const drop = dropoutWgsl(dropout);
  const { declarations = '', ...kernel } = STYLES[style].forward(shape);
  return {
    name: 'attention',
    bindings: { ...bind(FORWARD, ranges), ...drop.bindings },
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
  ranges: Ranges<typeof SCORE_GRADIENT>,
  dropout: Dropout,
): Dispatch {
  const drop = dropoutWgsl(dropout);
  const { declarations = '', ...kernel } = STYLES[style].scoreGradient(shape, dropout.rate > 0);
  return {
    name: 'attentionScoreGradient',
    bindings: { ...bind(SCORE_GRADIENT, ranges), ...drop.bindings },
    ...kernel,
    declarations: drop.declarations + declarations,
  };
}

/** Gradients of the keys and of the values, after those of the scores. */
export function attentionKeyGradient(
  style: KernelStyle,
  shape: AttentionShape,
  ranges: Ranges<typeof KEY_GRADIENT>,
): Dispatch {
  const { scores = 'f32', ...kernel } = STYLES[style].keyGradient(shape);
  return {
    name: 'attentionKeyGradient',
    bindings: bind({ ...KEY_GRADIENT, probabilities: scores, dScores: scores }, ranges),
    ...kernel,
  };
}
