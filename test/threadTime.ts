/** Processor time of the page's own thread: what others do on the machine, and on the device, does not count. */
import { cdp } from 'vitest/browser';

async function taskMs(): Promise<number> {
  const { metrics } = await cdp().send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

/** Milliseconds that the thread was at work, those of asking included. */
export async function threadMs(work: () => void): Promise<number> {
  await cdp().send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await taskMs();
  work();
  return (await taskMs()) - before;
}
