/** Ends the wait for a device that does not answer any more. */
import { StudioError } from '../../core/errors.ts';

/** A device's first answer may take as long as compiling and a whole queue of steps do. */
const FIRST_SECONDS = 900;
const FEWEST_SECONDS = 120;
/** How much longer than the slowest answer so far one may take. */
const TIMES_LONGER = 20;

export class Watchdog {
  #slowestSeconds: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** What the device answers. @throws StudioError `deviceHung` if it does not */
  async watch<T>(answer: Promise<T>): Promise<T> {
    // Seconds are counted one by one: while the machine sleeps none go by.
    let seconds = 0;
    const hung = new Promise<never>((_, reject) => {
      this.#timer = setInterval(() => {
        seconds += 1;
        if (seconds >= this.#limitSeconds) reject(new StudioError('deviceHung', 'no answer', { seconds }));
      }, 1000);
    });
    try {
      return await Promise.race([answer, hung]);
    } finally {
      this.stop();
      this.#slowestSeconds = Math.max(this.#slowestSeconds ?? 0, seconds);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get #limitSeconds(): number {
    if (this.#slowestSeconds === null) return FIRST_SECONDS;
    return Math.max(FEWEST_SECONDS, TIMES_LONGER * this.#slowestSeconds);
  }
}
