/** A binary heap of merges to make: the most frequent pair first, ties to the smaller ids. */

export interface MergeCandidate {
  readonly left: number;
  readonly right: number;
  /** Index in the pair table. */
  readonly pair: number;
  /** The pair's count when it was last looked at. */
  count: number;
  /** Words that this candidate merges the pair in. */
  readonly words: readonly number[];
}

export class MergeQueue {
  readonly #heap: MergeCandidate[] = [];

  /** The candidate to look at next. */
  get top(): MergeCandidate | undefined {
    return this.#heap[0];
  }

  push(candidate: MergeCandidate): void {
    let at = this.#heap.push(candidate) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] as MergeCandidate;
      if (!precedes(candidate, above)) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = candidate;
  }

  /** Takes the top away. */
  pop(): void {
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) this.#sinkFromTop(last);
  }

  /** Gives the top a new count and puts it where it then belongs. */
  refreshTop(count: number): void {
    const top = this.#heap[0];
    if (!top) return;
    top.count = count;
    this.#sinkFromTop(top);
  }

  #sinkFromTop(candidate: MergeCandidate): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && precedes(heap[child + 1] as MergeCandidate, heap[child] as MergeCandidate))
        child++;
      if (!precedes(heap[child] as MergeCandidate, candidate)) break;
      heap[at] = heap[child] as MergeCandidate;
      at = child;
    }
    heap[at] = candidate;
  }
}

function precedes(a: MergeCandidate, b: MergeCandidate): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}
