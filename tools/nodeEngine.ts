/** The engine in Node: the page's own worker, as it was built, in a thread. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StudioError } from '../src/core/errors.ts';
import type { BundleOrigin } from '../src/files/bundleSource.ts';
import type { ExportOptions } from '../src/files/exportOptions.ts';
import type { EngineClient } from '../src/studio/client.ts';
import { connect } from '../src/studio/rpc.ts';
import type { Engine } from './engine.ts';
import { filesIn, ROOT } from './tools.ts';
import { onDisk, WebWorker } from './webWorker.mjs';

/**
 * Starts the worker of the built page.
 * @param folder where it keeps runs; null: it does not
 * @param gpu whether it looks for a graphics card
 */
export function openNodeEngine(folder: string | null, gpu: boolean): Engine {
  const worker = new WebWorker(pathToFileURL(workerScript()), { folder, gpu });
  const reason = 'The engine could not be loaded.';
  const client = connect(worker as unknown as Worker, new StudioError('internal', reason, { reason })) as EngineClient;
  return {
    call: (command, params) => client.call(command, ...([params] as never)),
    loadFiles: (paths, config, choice = {}) => {
      const choices = Object.fromEntries(paths.map((path) => [basename(path), choice]));
      const files = paths.map((path) => ({ name: basename(path), blob: onDisk(path) }));
      return client.call('data.load', { source: { kind: 'files', files }, config, choices });
    },
    openModel: (path) => client.call('model.open', { origin: originOf(path) }),
    writeBundle: (out, options) => writeBundle(client, out, options),
    subscribe: async (event, listener) => void client.subscribe(event, listener),
    close: async () => client.dispose(),
  };
}

/** @throws Error if the page was not built */
function workerScript(): string {
  const assets = join(ROOT, 'dist/assets');
  const name = readdirSync(assets).find((file) => /^worker-[\w-]+\.js$/.test(file));
  if (name === undefined) throw new Error('The built page has no worker: build it again.');
  return join(assets, name);
}

/** Files are named, and read by the thread where the engine wants them. */
function originOf(path: string): BundleOrigin {
  const name = basename(path);
  if (!statSync(path).isDirectory()) return { kind: 'zip', name, blob: onDisk(path) };
  const files = filesIn(path).map((file) => ({ path: file, blob: onDisk(join(path, file)) }));
  return { kind: 'folder', name, files };
}

/** Written within the folder under another name, and moved to its place once it is whole. */
async function writeBundle(client: EngineClient, out: string, options: ExportOptions): Promise<void> {
  mkdirSync(out, { recursive: true });
  const place = mkdtempSync(join(out, '.folio-'));
  try {
    await client.call('export.folder', { name: basename(out), options, parent: onDisk(place) });
    const [made = ''] = readdirSync(place);
    for (const path of filesIn(join(place, made))) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      renameSync(join(place, made, path), join(out, path));
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
