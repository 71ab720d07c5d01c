/**
 * Targets drawn from the text's neighbour counts: in place of the token that stands somewhere, one that stood elsewhere
 * between the same neighbours. The share λ of the targets that is drawn makes the expected target of a place
 *
 *     (1 − λ) · its own token  +  λ · what the counts of all other places say of its neighbours
 *
 * which is a soft target without a soft target's cost: the model learns the counts before it overfits.
 * Source: noising as smoothing, Xie et al. (2017), "Data noising as smoothing in neural network language models", with the
 * targets noised in place of the inputs; the counts are mixed as in `text/reference/shrinkage.ts`, with fixed weights.
 */
import { deriveSeed, uniformAt } from '../../core/rng.ts';
import { type Neighbours, neighboursOf, pairOf } from '../reference/neighbourCounts.ts';
import type { EncodedDocuments } from './encodeDocuments.ts';

/** How many seen places weigh as much as what is known without them, of one neighbour and of both. */
const ONE_SIDE = 4;
const BOTH_SIDES = 4;

/** Places with one context, one behind the other. */
type Grouped = ReturnType<typeof groupBy>;

/** @returns the target of a place, which may be its own token */
export type DrawTarget = (index: number, own: number) => number;

/** A function of (documents, share, seed, index) alone. */
export class NeighbourTargets {
  readonly #ids: Int32Array;
  readonly #left: Grouped;
  readonly #right: Grouped;
  readonly #both: Grouped;
  readonly #all: Grouped;

  constructor(documents: EncodedDocuments, vocabSize: number) {
    const { ids } = documents;
    const places = [...neighboursOf(documents)];
    this.#ids = ids;
    this.#left = groupBy(places, ids.length, ({ left }) => left);
    this.#right = groupBy(places, ids.length, ({ right }) => right);
    this.#both = groupBy(places, ids.length, ({ left, right }) => pairOf(left, right, vocabSize));
    this.#all = groupBy(places, ids.length, () => 0);
  }

  /** @param share λ */
  drawer(share: number, seed: number): DrawTarget {
    const [whether, which, other] = [deriveSeed(seed, 'whether'), deriveSeed(seed, 'which'), deriveSeed(seed, 'other')];
    return (index, own) => {
      if (uniformAt(whether, index) >= share) return own;
      const group = this.#choose(index, uniformAt(which, index));
      const start = group.start[index] ?? 0;
      const others = (group.end[index] ?? 0) - start - 1;
      if (others <= 0) return own;
      const drawn = start + Math.floor(uniformAt(other, index) * others);
      // The place itself is left out.
      const place = group.places[drawn < (group.rank[index] ?? 0) ? drawn : drawn + 1] ?? 0;
      return this.#ids[place] ?? own;
    };
  }

  /** Both neighbours, one of them, or none, as far as each was seen elsewhere. */
  #choose(index: number, uniform: number): Grouped {
    const others = ({ start, end }: Grouped): number => (end[index] ?? 0) - (start[index] ?? 0) - 1;
    const both = others(this.#both);
    let left = uniform * (both + BOTH_SIDES);
    if (left < both) return this.#both;
    left = (left - both) / BOTH_SIDES;
    const side = left < 0.5 ? this.#left : this.#right;
    left = (2 * left) % 1;
    const seen = others(side);
    return left * (seen + ONE_SIDE) < seen ? side : this.#all;
  }
}

function groupBy(places: readonly Neighbours[], length: number, keyOf: (place: Neighbours) => number) {
  const keys = Float64Array.from(places, keyOf);
  const order = Uint32Array.from(places.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  const grouped = {
    places: Int32Array.from(order, (at) => places[at]?.index ?? 0),
    /** For each place of the text, where it stands in `places`. */
    rank: new Int32Array(length),
    /** For each place of the text, where its group begins and ends in `places`. */
    start: new Int32Array(length),
    end: new Int32Array(length),
  };
  for (let from = 0, to = 0; from < order.length; from = to) {
    const key = keys[order[from] ?? 0];
    while (to < order.length && keys[order[to] ?? 0] === key) to++;
    for (let at = from; at < to; at++) {
      const place = grouped.places[at] ?? 0;
      grouped.rank[place] = at;
      grouped.start[place] = from;
      grouped.end[place] = to;
    }
  }
  return grouped;
}
