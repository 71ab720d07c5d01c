/** Pairs of token ids with their counts, in typed arrays: a pair is an index, found through an open-addressing hash table. */

import { enlarge } from '../../core/bytes.ts';

const FIRST_CAPACITY = 1 << 12;

export class PairTable {
  /** Token ids and count of each pair, by index. Replaced by longer arrays when the table grows: do not keep them. */
  lefts = new Int32Array(FIRST_CAPACITY);
  rights = new Int32Array(FIRST_CAPACITY);
  counts = new Int32Array(FIRST_CAPACITY);
  #size = 0;
  /** Index + 1 of the pair in each slot, 0 where it is free. At most half of the slots are taken. */
  #slots = new Int32Array(2 * FIRST_CAPACITY);

  /** Index of a pair; a new pair is added with count 0. */
  indexOf(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashPair(left, right) & mask;
    for (;;) {
      const index = (this.#slots[slot] as number) - 1;
      if (index < 0) break;
      if (this.lefts[index] === left && this.rights[index] === right) return index;
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.lefts.length) {
      this.#grow();
      return this.indexOf(left, right);
    }
    const index = this.#size++;
    this.lefts[index] = left;
    this.rights[index] = right;
    this.#slots[slot] = index + 1;
    return index;
  }

  /** Adds to the count of a pair. @returns the pair's index */
  add(left: number, right: number, change: number): number {
    const index = this.indexOf(left, right);
    this.counts[index] = (this.counts[index] as number) + change;
    return index;
  }

  #grow(): void {
    const capacity = 2 * this.lefts.length;
    this.lefts = enlarge(this.lefts, new Int32Array(capacity));
    this.rights = enlarge(this.rights, new Int32Array(capacity));
    this.counts = enlarge(this.counts, new Int32Array(capacity));
    this.#slots = new Int32Array(2 * capacity);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#size; index++) {
      let slot = hashPair(this.lefts[index] as number, this.rights[index] as number) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}

function hashPair(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
