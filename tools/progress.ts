/** Progress on standard error: one line rewritten on a terminal, a line now and then elsewhere. */

/** What progress is written to; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** The present state; replaces what was shown before. */
  update(line: string): void;
  /** Something to keep, such as the end of a phase. */
  say(line: string): void;
}

const EVERY_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

/** @param now a clock in milliseconds. */
export function createProgress(stream: ProgressStream, now: () => number): Progress {
  if (stream.isTTY) {
    return {
      update: (line) => stream.write(`${CLEAR_LINE}${line.slice(0, (stream.columns ?? 80) - 1)}`),
      say: (line) => stream.write(`${CLEAR_LINE}${line}\n`),
    };
  }
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    update: (line) => {
      if (now() - shownMs < EVERY_MS) return;
      shownMs = now();
      stream.write(`${line}\n`);
    },
    say: (line) => stream.write(`${line}\n`),
  };
}

/** @example formatSeconds(75) === '1:15' */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
