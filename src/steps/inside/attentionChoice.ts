/** Which attention is shown: of which head, by which weights, against what. */
import {
  type AttentionMap,
  type AttentionMaps,
  averageMap,
  describeMap,
  differenceMap,
  headMap,
  rolloutMap,
} from '../../core/inside/attentionMaps.ts';
import { formatShare } from '../../studio/page/format.ts';
import type { Looks } from './looks.tsx';

/** Changes below this are no news. */
const SMALLEST_PEAK = 0.02;

/** A head by number, the mean of a layer's heads, or the rollout up to a layer. */
export type Column = number | 'average' | 'rollout';

export interface Selection {
  readonly layer: number;
  readonly column: Column;
}

/** `now` shows the weights of now, `start` those before training; the others are what training or hiding changed. */
export type Comparison = 'now' | 'start' | 'training' | 'hiding';

/** Two looks, of which the second is taken away from the first where there is one. */
export interface Compared {
  readonly maps: AttentionMaps;
  readonly minus: AttentionMaps | null;
}

/** The columns of the grid: every head, their mean, the rollout. */
export function columnsOf(heads: number): Column[] {
  return [...Array.from({ length: heads }, (_, head) => head), 'average', 'rollout'];
}

function mapOf(maps: AttentionMaps, { layer, column }: Selection): AttentionMap {
  if (column === 'average') return averageMap(maps, layer);
  return column === 'rollout' ? rolloutMap(maps, layer) : headMap(maps, layer, column);
}

/** What a comparison compares, or null while a part of it has not come. */
export function comparedOf(
  { written, hidden, start }: Pick<Looks, 'written' | 'hidden' | 'start'>,
  comparison: Comparison,
): Compared | null {
  const now = (hidden ?? written)?.attention;
  const before = comparison === 'hiding' ? hidden && written?.attention : start?.attention;
  if (now === undefined) return null;
  if (comparison === 'now') return { maps: now, minus: null };
  // The sentence of the other look may be the one before.
  if (!before || before.tokens !== now.tokens) return null;
  return comparison === 'start' ? { maps: before, minus: null } : { maps: now, minus: before };
}

/** The selected map, or the difference of the two. */
export function selectedMap({ maps, minus }: Compared, selection: Selection): AttentionMap {
  const map = mapOf(maps, selection);
  return minus === null ? map : differenceMap(map, mapOf(minus, selection));
}

/** The largest number of the heads' maps: 1 of shares; of differences the largest change, so that it is seen. */
export function peakOf(compared: Compared): number {
  if (compared.minus === null) return 1;
  const { weights } = compared.maps;
  const before = compared.minus.weights;
  const most = weights.reduce((peak, weight, i) => Math.max(peak, Math.abs(weight - (before[i] as number))), 0);
  return Math.max(SMALLEST_PEAK, most);
}

/** The head of which most attention moved; null where nothing is compared. */
export function mostMoved(compared: Compared): { selection: Selection; share: number } | null {
  if (compared.minus === null) return null;
  const { layers, heads } = compared.maps;
  const moved = Array.from({ length: layers * heads }, (_, index) => {
    const selection = { layer: Math.floor(index / heads), column: index % heads };
    return { selection, share: shareMoved(selectedMap(compared, selection)) };
  });
  return moved.reduce((best, head) => (head.share > best.share ? head : best));
}

function shareMoved(map: AttentionMap): number {
  return map.reduce((sum, weight) => sum + Math.abs(weight), 0) / 2 / Math.sqrt(map.length);
}

/** @example "Layer 2, head 3", "Layer 1, mean of the heads", "Rollout up to layer 2" */
export function selectionName({ layer, column }: Selection): string {
  if (column === 'rollout') return `Rollout up to layer ${layer + 1}`;
  return column === 'average' ? `Layer ${layer + 1}, mean of the heads` : `Layer ${layer + 1}, head ${column + 1}`;
}

/** What a map does, in words; of a difference, how much of the attention moved. */
export function mapInWords({ minus }: Compared, map: AttentionMap): string {
  if (minus === null) return `attends ${describeMap(map)}`;
  return `${formatShare(shareMoved(map))} of the attention moved`;
}
