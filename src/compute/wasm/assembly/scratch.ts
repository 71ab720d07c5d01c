/** Memory that belongs to one thread, for what a kernel needs while it runs. */

/** Address of this thread's scratch memory. Each thread has an instance of the module, so it has a global of its own. */
export let scratch: usize = 0;

/** @param address of memory that no other thread uses; see `scratchBytes` in `engine.ts` for how much */
export function setScratch(address: usize): void {
  scratch = address;
}
