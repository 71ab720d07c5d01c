/** `npm start`: builds the page if need be, serves it, opens it. `--no-open` and `--port N` are understood. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ensureBuild } from './build.ts';
import { serveApp } from './serve.ts';
import { UsageError } from './usage.ts';

const DEFAULT_PORT = 4173;

/** Whether there is a person in front of a screen. */
function hasScreen(): boolean {
  if (process.env['CI']) return false;
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** Opens the person's own browser; the address is on the terminal too, so that a failure costs nothing. */
function openBrowser(url: string): void {
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => console.error('No browser could be opened; open the address above yourself.'));
  child.unref();
}

/** @returns the exit code @throws UsageError */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: { open: { type: 'boolean', default: true }, port: { type: 'string', default: String(DEFAULT_PORT) } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port can’t be ${values.port}. It must be a whole number from 1 to 65535.`);
  }
  await ensureBuild();
  const app = await serveApp(port);
  console.log(`Folio is at ${app.url} (Ctrl-C ends it)`);
  if (values.open && hasScreen()) openBrowser(app.url);
  await new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end());
  });
  await app.close();
  return 0;
}
