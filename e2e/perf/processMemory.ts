/** How much memory the browser's page takes, as the operating system sees it. */
import { execFile } from 'node:child_process';

const EVERY_MS = 250;

/** Watches the largest renderer process on the machine: other open browsers count, too. @returns `stop`, which gives the largest figure, MB; null where there is no `ps` */
export function watchMemory(): { stop(): number | null } {
  let peak: number | null = null;
  const timer = setInterval(() => {
    execFile('ps', ['-eo', 'rss=,args='], { maxBuffer: 1 << 24 }, (error, output) => {
      if (error !== null) return;
      for (const line of output.split('\n')) {
        if (!line.includes('--type=renderer')) continue;
        peak = Math.max(peak ?? 0, (Number.parseInt(line, 10) * 1024) / 1e6);
      }
    });
  }, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
