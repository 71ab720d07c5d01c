/** Where heads look: maps of attention, and what is computed from them. */

/** Attention of every head: how much each of T tokens reads of each; a row sums to 1. */
export interface AttentionMaps {
  /** L. */
  readonly layers: number;
  /** A. */
  readonly heads: number;
  /** T. */
  readonly tokens: number;
  readonly weights: Float32Array; // [L, A, T, T]
}

/** One map: row `from`, column `to`. */
export type AttentionMap = Float32Array; // [T, T]

/** The map of one head. */
export function headMap({ heads, tokens, weights }: AttentionMaps, layer: number, head: number): AttentionMap {
  const size = tokens * tokens;
  const start = (layer * heads + head) * size;
  return weights.subarray(start, start + size);
}

/** The mean over the heads of a layer. */
export function averageMap(maps: AttentionMaps, layer: number): AttentionMap {
  const mean = new Float32Array(maps.tokens ** 2);
  for (let head = 0; head < maps.heads; head++) {
    const map = headMap(maps, layer, head);
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (map[i] as number) / maps.heads;
  }
  return mean;
}

/**
 * Attention rollout: how much of each token is in what stands at each position after a layer, if all heads count alike and
 * the residual connection passes on half. Each layer's mean map is mixed half and half with the identity, and the layers
 * are multiplied.
 * Source: Abnar & Zuidema (2020), Quantifying Attention Flow in Transformers, section 3.
 * @param layer the last layer that is rolled up, from 0
 */
export function rolloutMap(maps: AttentionMaps, layer: number): AttentionMap {
  let rolled = mixedMap(maps, 0);
  for (let next = 1; next <= layer; next++) rolled = multiply(mixedMap(maps, next), rolled, maps.tokens);
  return rolled;
}

/** ½ mean map + ½ identity; rows sum to 1 as they are. */
function mixedMap(maps: AttentionMaps, layer: number): AttentionMap {
  const mixed = averageMap(maps, layer).map((weight) => weight / 2);
  for (let i = 0; i < maps.tokens; i++) {
    const own = i * maps.tokens + i;
    mixed[own] = (mixed[own] as number) + 0.5;
  }
  return mixed;
}

function multiply(a: AttentionMap, b: AttentionMap, size: number): AttentionMap {
  const product = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const weight = a[i * size + k] as number;
      if (weight === 0) continue;
      for (let j = 0; j < size; j++) {
        product[i * size + j] = (product[i * size + j] as number) + weight * (b[k * size + j] as number);
      }
    }
  }
  return product;
}

/** a − b, number by number. */
export function differenceMap(a: AttentionMap, b: AttentionMap): AttentionMap {
  return a.map((weight, index) => weight - (b[index] as number));
}

/** The largest weights of a row, largest first; of a map of differences, the largest by size. */
export function strongest(map: AttentionMap, from: number, count: number): { to: number; weight: number }[] {
  const tokens = Math.sqrt(map.length);
  return Array.from(map.subarray(from * tokens, (from + 1) * tokens), (weight, to) => ({ to, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, count);
}

/** Mean over the rows: how much each token is looked at. @returns [T] */
export function attentionReceived(map: AttentionMap): Float32Array {
  const tokens = Math.sqrt(map.length);
  const received = new Float32Array(tokens);
  for (let i = 0; i < map.length; i++) {
    const to = i % tokens;
    received[to] = (received[to] as number) + (map[i] as number) / tokens;
  }
  return received;
}

/** Share of a head's attention from which its target is called by name. */
const CLEAR_SHARE = 0.4;

/**
 * What a map does, in words: its commonest target, or over how many tokens it spreads (two to the power of the mean entropy
 * in bits).
 * @example describeMap(map) // 'mostly at the token before (71%)'
 */
export function describeMap(map: AttentionMap): string {
  const tokens = Math.sqrt(map.length);
  const targets: readonly (readonly [string, (from: number) => number])[] = [
    ['the token before', (from) => from - 1],
    ['the token after', (from) => from + 1],
    ['the token itself', (from) => from],
    ['the token two positions before', (from) => from - 2],
    ['the token two positions after', (from) => from + 2],
    ['the first token', () => 0],
    ['the last token', () => tokens - 1],
  ];
  const shares = targets.map(([name, target]) => ({ name, share: meanShare(map, tokens, target) }));
  const best = shares.reduce((a, b) => (b.share > a.share ? b : a));
  if (best.share >= CLEAR_SHARE) return `mostly to ${best.name} (${Math.round(100 * best.share)}%)`;
  const reach = Math.max(1, Math.round(2 ** meanEntropy(map, tokens)));
  return `to about ${reach} of ${tokens} tokens at once`;
}

function meanShare(map: AttentionMap, tokens: number, target: (from: number) => number): number {
  let sum = 0;
  let rows = 0;
  for (let from = 0; from < tokens; from++) {
    const to = target(from);
    if (to < 0 || to >= tokens) continue;
    sum += map[from * tokens + to] as number;
    rows++;
  }
  return rows === 0 ? 0 : sum / rows;
}

/** Bits, mean over the rows. */
function meanEntropy(map: AttentionMap, tokens: number): number {
  const bits = map.reduce((sum, weight) => (weight > 0 ? sum - weight * Math.log2(weight) : sum), 0);
  return bits / tokens;
}
