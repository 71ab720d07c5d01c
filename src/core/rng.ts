/**
 * Seeded randomness. Every random choice in Folio comes from a stream named by what it is for:
 *
 *     const rng = createRng(deriveSeed(runSeed, 'order', epoch));
 *     rng.next();                       // uniform in [0, 1)
 *
 * Where a choice belongs to one place (a token, a matrix entry) it is a hash of that place instead, so that it does not
 * depend on the order in which places are visited: `uniformAt(seed, index)`.
 */

/**
 * Mixes a 32-bit integer so that every input bit reaches every output bit. The dropout kernel in WGSL computes the same.
 * Source: "lowbias32" of Chris Wellons, "Prospecting for Hash Functions" (2018).
 * @example hashUint32(1) === 1753845952
 */
export function hashUint32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * A seed for one purpose, from a parent seed and a path of names and numbers.
 * @example deriveSeed(1, 'mask', 3) !== deriveSeed(1, 'mask', 4)
 */
export function deriveSeed(seed: number, ...path: readonly (string | number)[]): number {
  let state = hashUint32(seed ^ 0x9e3779b9);
  for (const part of path) {
    if (typeof part === 'number') {
      state = hashUint32(state ^ hashUint32(part >>> 0));
      state = hashUint32(state ^ Math.floor(part / 2 ** 32));
    } else {
      for (let i = 0; i < part.length; i++) state = hashUint32((state + part.charCodeAt(i)) >>> 0);
      state = hashUint32(state ^ 0x5bd1e995);
    }
  }
  return state;
}

/** A uniform number in [0, 1) that belongs to one place: the same for the same (seed, index), whatever was asked before. */
export function uniformAt(seed: number, index: number): number {
  return hashUint32(hashUint32(index >>> 0) ^ seed) / 2 ** 32;
}

/** A stream of random numbers. */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, below). */
  int(below: number): number;
  /** Normal with mean 0 and deviation 1. Source: Box and Muller (1958). */
  normal(): number;
  /** Fisher-Yates shuffle in place; returns its argument. */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T;
}

/**
 * A stream from a seed.
 * Source: sfc32 (small fast counter) of PractRand by Chris Doty-Humphrey.
 */
export function createRng(seed: number): Rng {
  let a = deriveSeed(seed, 'a');
  let b = deriveSeed(seed, 'b');
  let c = deriveSeed(seed, 'c');
  let counter = 1;
  const nextUint32 = (): number => {
    const t = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + t) >>> 0;
    return t;
  };
  for (let i = 0; i < 12; i++) nextUint32();
  let spare: number | null = null;
  const rng: Rng = {
    next: () => nextUint32() / 2 ** 32,
    int: (below) => Math.floor((nextUint32() / 2 ** 32) * below),
    normal: () => {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log((nextUint32() + 1) / (2 ** 32 + 1)));
      const angle = 2 * Math.PI * rng.next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle: (values) => {
      for (let i = values.length - 1; i > 0; i--) {
        const j = rng.int(i + 1);
        const held = values[i] as number;
        values[i] = values[j] as number;
        values[j] = held;
      }
      return values;
    },
  };
  return rng;
}
