/** The masked-LM loss, its gradient in the logits' place. */
import type { KernelStyle } from '../../../core/device.ts';
import { bind, type Dispatch, type Ranges } from '../plan.ts';
import { float, rowKernel, SUM4_WGSL } from './wgsl.ts';

const BINDINGS = {
  /** Logits before, their gradient after. Columns beyond V become 0. */
  logits: 'rw vec4<f32>', // [M, V padded]
  labels: 'i32', // [M]
  /** Add up to 1 over the step. */
  weights: 'f32', // [M]
  /** weight · loss, and weight where the highest logit is the label's. */
  figures: 'rw vec2<f32>', // [M, 2]
} as const;

/**
 * A row's loss is −log softmax(logits)[label], and its gradient weight · (softmax − target): the target is the label, of which
 * label smoothing gives the share `smoothing` to all V entries alike. Of several highest logits the first is the prediction.
 * @param accumulate adds to what is in `figures`
 */
export function crossEntropy(
  style: KernelStyle,
  shape: {
    readonly rows: number;
    readonly vocabSize: number;
    readonly paddedVocabSize: number;
    readonly smoothing: number;
  },
  ranges: Ranges<typeof BINDINGS>,
  accumulate: boolean,
): Dispatch {
  const V4 = shape.paddedVocabSize / 4;
  const isPadded = shape.vocabSize !== shape.paddedVocabSize;
  return rowKernel(style, {
    name: 'crossEntropy',
    rows: shape.rows,
    bindings: bind(BINDINGS, ranges),
    declarations: `${SUM4_WGSL}
      fn max4(v : vec4<f32>) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }
      /** Columns c · 4 and on; those beyond the vocabulary are as low as can be. */
      fn logitsAt(first : i32, c : i32) -> vec4<f32> {
        let v = logits[first + c];
        ${!isPadded ? 'return v;' : `return select(vec4<f32>(-3.4028234e38), v, columnsOf(c) < vec4<i32>(${shape.vocabSize}));`}
      }
      fn columnsOf(c : i32) -> vec4<i32> { return 4 * c + vec4<i32>(0, 1, 2, 3); }`,
    body: rowBody(V4, accumulate, shape.smoothing, shape.vocabSize),
  });
}

function rowBody(V4: number, accumulate: boolean, smoothing: number, vocabSize: number): string {
  const wanted = smoothing === 0 ? 'vec4<f32>(weight)' : `vec4<f32>(weight * ${float(1 - smoothing)})`;
  const even = `select(vec4<f32>(0.0), vec4<f32>(weight * ${float(smoothing / vocabSize)}), columnsOf(c) < vec4<i32>(${vocabSize}))`;
  return `
      let first = row * ${V4};
      let label = labels[row];
      var highest = -3.4028234e38;
      var highestBefore = -3.4028234e38;
      // Joined like the others, so that no lane reads what another one overwrites.
      var own = -3.4028234e38;
      for (var c = lane; c < ${V4}; c = c + LANES) {
        let v = logitsAt(first, c);
        highest = max(highest, max4(v));
        if (c == label / 4) { own = v[label % 4]; }
        if (4 * c < label) {
          highestBefore = max(highestBefore, max4(select(vec4<f32>(-3.4028234e38), v, columnsOf(c) < vec4<i32>(label))));
        }
      }
      highest = maxOver(highest, lane);
      highestBefore = maxOver(highestBefore, lane);
      own = maxOver(own, lane);
      var sum = 0.0;
      for (var c = lane; c < ${V4}; c = c + LANES) { sum = sum + sum4(exp(logitsAt(first, c) - highest)); }
      sum = sumOver(sum, lane);
      let weight = weights[row];
      if (lane == 0) {
        let hit = own >= highest && (own > highestBefore || label == 0);
        let figure = weight * vec2<f32>(log(sum) + highest - own, select(0.0, 1.0, hit));
        figures[row] = ${accumulate ? 'figures[row] + figure' : 'figure'};
      }
      let share = weight / sum;
      for (var c = lane; c < ${V4}; c = c + LANES) {
        let wanted = select(vec4<f32>(0.0), ${wanted}, columnsOf(c) == vec4<i32>(label))${smoothing === 0 ? '' : ` + ${even}`};
        logits[first + c] = exp(logitsAt(first, c) - highest) * share - wanted;
      }`;
}
