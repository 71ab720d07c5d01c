/**
 * How many threads run a program: all, or one where waiting for each other costs more than it brings (small models, busy
 * machines). Both are timed on the program's own runs. The bits of a result do not depend on it.
 */
import { onceFor } from '../../core/collections.ts';

/** Runs that are spent on either choice before the first decision. */
const TRIALS = 4;
/** The choice that lost is tried again once in so many runs, since other programs come and go on the machine. */
const RETRY_EVERY = 64;
/** Weight of a time that is above the average that decides. A lower one takes its place: a wait makes runs slower, never faster. */
const NEWEST = 0.3;

interface Timed {
  runs: number;
  /** What a run takes, ms. */
  ms: number;
}

export class ThreadChoice {
  readonly #recordOf = onceFor<object, Readonly<Record<'alone' | 'together', Timed>>>(() => ({
    alone: { runs: 0, ms: Number.POSITIVE_INFINITY },
    together: { runs: 0, ms: Number.POSITIVE_INFINITY },
  }));

  /** @returns threads to run the program with, up to `available` */
  choose(program: object, available: number): number {
    if (available === 1) return 1;
    const { alone, together } = this.#recordOf(program);
    if (Math.min(alone.runs, together.runs) < TRIALS) return together.runs <= alone.runs ? available : 1;
    const isRetry = (alone.runs + together.runs) % RETRY_EVERY === 0;
    return alone.ms < together.ms === isRetry ? available : 1;
  }

  /** Notes what a run took, but for the first of either choice: it is cold. */
  note(program: object, threads: number, ms: number): void {
    const timed = this.#recordOf(program)[threads === 1 ? 'alone' : 'together'];
    if (timed.runs++ > 0) timed.ms = ms < timed.ms ? ms : timed.ms + NEWEST * (ms - timed.ms);
  }
}
