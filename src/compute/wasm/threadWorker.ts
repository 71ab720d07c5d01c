/** A thread of the CPU engine. It is told its memory once, and then waits in there for programs to run. */
import { instantiate } from './kernels.ts';
import { HEADER, runShare, threadsOf } from './thread.ts';

export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** 1 for the first beside the engine's own. */
  readonly thread: number;
}

/** `refused`: what was sent could not be read here. */
export type ThreadAnswer = 'ready' | 'refused';

const answer = (word: ThreadAnswer): void => self.postMessage(word);

self.onmessageerror = () => answer('refused');
self.onmessage = ({ data: { module, memory, thread } }: MessageEvent<ThreadStart>) => {
  const instance = instantiate(module, memory);
  const header = new Int32Array(memory.buffer, 0, 64);
  let generation = Atomics.load(header, HEADER.generation);
  answer('ready');
  for (;;) {
    Atomics.wait(header, HEADER.generation, generation);
    const next = Atomics.load(header, HEADER.generation);
    if (next === generation) continue;
    generation = next;
    if (thread >= threadsOf(generation)) continue;
    try {
      runShare(instance, memory, thread, true);
    } catch (thrown) {
      // The engine's own thread throws it on; this one waits for the next program.
      console.warn(`thread ${thread} of the CPU engine: ${thrown}`);
    }
  }
};
