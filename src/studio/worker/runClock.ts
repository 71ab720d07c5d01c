/**
 * The time that a run has been at work. A stretch during which the machine slept is no work: it shows as one far longer than
 * any before, and is left out.
 */

/** What a stretch may take before there is anything to compare it with: compiling, or a very large step. */
const FIRST_STRETCH_MS = 300_000;
/** No stretch shorter than this is taken for sleep. */
const SHORTEST_SLEEP_MS = 30_000;
const TIMES_LONGER = 20;

export class RunClock {
  readonly #now: () => number;
  #totalMs: number;
  #longestMs = 0;
  #sinceMs: number | null = null;

  /** @param elapsedMs of the run so far */
  constructor(elapsedMs: number, now: () => number = () => performance.now()) {
    this.#totalMs = elapsedMs;
    this.#now = now;
  }

  get elapsedMs(): number {
    return this.#totalMs + (this.#sinceMs === null ? 0 : this.#counted(this.#now() - this.#sinceMs));
  }

  /** Work begins; nothing happens if it has. */
  start(): void {
    this.#sinceMs ??= this.#now();
  }

  /** Something was finished. To be called after every step. @returns the time of it that was work */
  tick(): number {
    if (this.#sinceMs === null) return 0;
    const nowMs = this.#now();
    const countedMs = this.#counted(nowMs - this.#sinceMs);
    this.#longestMs = Math.max(this.#longestMs, countedMs);
    this.#totalMs += countedMs;
    this.#sinceMs = nowMs;
    return countedMs;
  }

  stop(): void {
    this.tick();
    this.#sinceMs = null;
  }

  #counted(stretchMs: number): number {
    const limitMs =
      this.#longestMs === 0 ? FIRST_STRETCH_MS : Math.max(SHORTEST_SLEEP_MS, TIMES_LONGER * this.#longestMs);
    return stretchMs > limitMs ? 0 : stretchMs;
  }
}
