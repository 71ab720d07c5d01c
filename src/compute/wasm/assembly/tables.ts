/** Kernels around the tables: look-ups, their gradients, and the loss over the vocabulary. */
import { exp4, LOWEST, log1, max4, sum4 } from './math';

/** y = word + position + token type. Units: rows. @param ids rows of the word table; places: of the position table */
export function embeddingForward(
  from: i32,
  to: i32,
  width: i32,
  ids: usize,
  places: usize,
  words: usize,
  positions: usize,
  types: usize,
  y: usize,
): void {
  const bytes = (<usize>width) << 2;
  for (let row = from; row < to; row++) {
    const word = words + <usize>load<i32>(ids + ((<usize>row) << 2)) * bytes;
    const position = positions + <usize>load<i32>(places + ((<usize>row) << 2)) * bytes;
    const target = y + <usize>row * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      const sum = f32x4.add(v128.load(word + c), v128.load(position + c));
      v128.store(target + c, f32x4.add(sum, v128.load(types + c)));
    }
  }
}

/** Gradient of a table: the sum of dx over the places where a row was looked up, in their order. Units: the table's rows. */
export function embeddingBackward(
  from: i32,
  to: i32,
  width: i32,
  starts: usize,
  uses: usize,
  dx: usize,
  dTable: usize,
  accumulate: i32,
): void {
  const bytes = (<usize>width) << 2;
  for (let row = from; row < to; row++) {
    const target = dTable + <usize>row * bytes;
    if (accumulate === 0) memory.fill(target, 0, bytes);
    const end = load<i32>(starts + ((<usize>row) << 2), 4);
    for (let use = load<i32>(starts + ((<usize>row) << 2)); use < end; use++) {
      const source = dx + <usize>load<i32>(uses + ((<usize>use) << 2)) * bytes;
      for (let c: usize = 0; c < bytes; c += 16) {
        v128.store(target + c, f32x4.add(v128.load(target + c), v128.load(source + c)));
      }
    }
  }
}

/** y[i] = x[index[i]]. Units: rows of y. */
export function gatherRows(from: i32, to: i32, width: i32, x: usize, index: usize, y: usize): void {
  const bytes = (<usize>width) << 2;
  for (let row = from; row < to; row++) {
    memory.copy(y + <usize>row * bytes, x + <usize>load<i32>(index + ((<usize>row) << 2)) * bytes, bytes);
  }
}

/** y[i] = x[rowOf[i]], or 0 where rowOf[i] is negative. Units: rows of y. */
export function scatterMaskedRows(from: i32, to: i32, width: i32, rowOf: usize, x: usize, y: usize): void {
  const bytes = (<usize>width) << 2;
  for (let row = from; row < to; row++) {
    const source = load<i32>(rowOf + ((<usize>row) << 2));
    const target = y + <usize>row * bytes;
    if (source < 0) memory.fill(target, 0, bytes);
    else memory.copy(target, x + <usize>source * bytes, bytes);
  }
}

/**
 * The masked-LM loss; logits become their gradient, weight · (softmax − target). The target is the label, of which label
 * smoothing gives the share `smoothing` to all V entries alike. Of several highest logits the first is the prediction.
 * Units: rows. Columns beyond V become 0.
 * @param figures [rows, 2]: weight · (−log softmax(logits)[label]), and weight where the prediction is the label
 * Source: `torch.nn.functional.cross_entropy`.
 */
export function crossEntropy(
  from: i32,
  to: i32,
  vocab: i32,
  paddedVocab: i32,
  logits: usize,
  labels: usize,
  weights: usize,
  figures: usize,
  accumulate: i32,
  smoothingBits: i32,
): void {
  const smoothing = reinterpret<f32>(smoothingBits);
  for (let row = from; row < to; row++) {
    const first = logits + ((<usize>row * <usize>paddedVocab) << 2);
    for (let c = vocab; c < paddedVocab; c++) store<f32>(first + ((<usize>c) << 2), LOWEST);
    const weight = load<f32>(weights + ((<usize>row) << 2));
    const label = load<i32>(labels + ((<usize>row) << 2));
    const own = load<f32>(first + ((<usize>label) << 2));
    const highest = highestOf(first, paddedVocab);
    const sum = exponentials(first, paddedVocab, highest);
    const hit = own >= highest && firstOf(first, label, own);
    put(figures + ((<usize>row) << 3), weight * (log1(sum) + highest - own), accumulate);
    put(figures + ((<usize>row) << 3) + 4, hit ? weight : 0, accumulate);
    gradient(first, vocab, paddedVocab, highest, weight / sum, (weight * smoothing) / <f32>vocab);
    const target = first + ((<usize>label) << 2);
    store<f32>(target, load<f32>(target) - weight * (1 - smoothing));
  }
}

function put(target: usize, value: f32, accumulate: i32): void {
  store<f32>(target, accumulate !== 0 ? load<f32>(target) + value : value);
}

function highestOf(first: usize, count: i32): f32 {
  let highest = f32x4.splat(LOWEST);
  for (let c: usize = 0; c < (<usize>count) << 2; c += 16) highest = f32x4.max(highest, v128.load(first + c));
  return max4(highest);
}

/** Σ exp(logit − highest). */
function exponentials(first: usize, count: i32, highest: f32): f32 {
  const shift = f32x4.splat(highest);
  let sum = f32x4.splat(0);
  for (let c: usize = 0; c < (<usize>count) << 2; c += 16) {
    sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(first + c), shift)));
  }
  return sum4(sum);
}

/** Whether no entry before the label reaches its logit. */
function firstOf(first: usize, label: i32, own: f32): bool {
  for (let c = 0; c < label; c++) if (load<f32>(first + ((<usize>c) << 2)) >= own) return false;
  return true;
}

/** logits ← exp(logit − highest) · share − even. */
function gradient(first: usize, vocab: i32, paddedVocab: i32, highest: f32, share: f32, even: f32): void {
  const shift = f32x4.splat(highest);
  const shares = f32x4.splat(share);
  const evens = f32x4.splat(even);
  for (let c: usize = 0; c < (<usize>paddedVocab) << 2; c += 16) {
    const value = f32x4.mul(exp4(f32x4.sub(v128.load(first + c), shift)), shares);
    v128.store(first + c, f32x4.sub(value, evens));
  }
  for (let c = vocab; c < paddedVocab; c++) store<f32>(first + ((<usize>c) << 2), 0);
}
