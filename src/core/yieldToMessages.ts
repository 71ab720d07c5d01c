/** Lets waiting commands in between two pieces of work. */

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/**
 * Resolves in a task of its own, behind the messages that already wait. A MessageChannel and not a timer, since timers
 * are slowed down in hidden tabs.
 */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

/** Longest stretch of work between two looks at the messages, so that Cancel and Stop answer at once. */
const SLICE_MS = 12;

/**
 * Drives a generator to its end in slices.
 * @param onSlice called with the newest yield after each slice; returning false ends the work
 * @returns the generator's result, or null if it was ended
 */
export function driveInSlices<Y, R>(work: Generator<Y, R>): Promise<R>;
export function driveInSlices<Y, R>(work: Generator<Y, R>, onSlice: (progress: Y) => boolean): Promise<R | null>;
export async function driveInSlices<Y, R>(
  work: Generator<Y, R>,
  onSlice: (progress: Y) => boolean = () => true,
): Promise<R | null> {
  for (;;) {
    const sliceEnd = performance.now() + SLICE_MS;
    let next = work.next();
    while (!next.done && performance.now() < sliceEnd) next = work.next();
    if (next.done) return next.value;
    if (!onSlice(next.value)) return null;
    await yieldToMessages();
    // A cancel may just have come in.
    if (!onSlice(next.value)) return null;
  }
}
