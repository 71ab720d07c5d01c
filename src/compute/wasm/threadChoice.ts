/**
 * How many threads run a program: all, or one where waiting for each other costs more than it brings (small models, busy
 * machines). Both are timed on the program's own runs. The bits of a result do not depend on it.
 */
import { onceFor } from '../../core/collections.ts';

/** Runs that are spent on either choice before the first decision. The first of them is cold, and its time says nothing. */
const TRIALS = 4;
/** The choice that lost is tried again once in so many runs, since other programs come and go on the machine. */
const RETRY_EVERY = 64;
/** Weight of a time that is above the average that decides. A lower one takes its place: a wait makes runs slower, never faster. */
const NEWEST = 0.3;

interface Record {
  runs: number;
  /** Average times of one thread and of all, ms; null before the first. */
  alone: number | null;
  together: number | null;
}

export class ThreadChoice {
  readonly #recordOf = onceFor<object, Record>(() => ({ runs: 0, alone: null, together: null }));

  /** @returns threads to run the program with, up to `available` */
  choose(program: object, available: number): number {
    if (available === 1) return 1;
    const record = this.#recordOf(program);
    const { runs, alone, together } = record;
    if (alone === null || together === null || runs < 2 * TRIALS) return runs % 2 === 0 ? available : 1;
    const isAloneBetter = alone < together;
    const isRetry = runs % RETRY_EVERY === 0;
    return isAloneBetter === isRetry ? available : 1;
  }

  /** Notes what a run took, but for the first of either choice. */
  note(program: object, threads: number, ms: number): void {
    const record = this.#recordOf(program);
    if (record.runs++ < 2) return;
    const key = threads === 1 ? 'alone' : 'together';
    const before = record[key];
    record[key] = before === null || ms < before ? ms : before + NEWEST * (ms - before);
  }
}
