/** What the page's scripts find in a thread of Node. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onDisk, WebWorker } from './webWorker.mjs';

let folder = '';
let worker: WebWorker | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folio-worker-'));
});

afterEach(() => {
  worker?.terminate();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a worker. @returns what asks it, and waits for its next word */
function start(script: string): (message: unknown) => Promise<unknown> {
  const path = join(folder, 'script.mjs');
  writeFileSync(path, script);
  const started = new WebWorker(pathToFileURL(path), { folder: join(folder, 'kept') });
  worker = started;
  return (message) =>
    new Promise((resolve, reject) => {
      started.onmessage = ({ data }) => resolve(data);
      started.onerror = ({ message: words }) => reject(new Error(words));
      started.postMessage(message);
    });
}

test('a message comes in between two turns of a channel, and not after a thousand', async () => {
  const ask = start(`
    const { port1, port2 } = new MessageChannel();
    let [turns, stopped] = [0, false];
    port1.onmessage = () => {
      turns++;
      if (turns === 20) self.postMessage('going');
      const endMs = performance.now() + 1;
      while (performance.now() < endMs);
      if (stopped) self.postMessage(turns);
      else port2.postMessage(null);
    };
    self.onmessage = ({ data }) => {
      if (data === 'stop') stopped = true;
      else port2.postMessage(null);
    };`);
  expect(await ask('go')).toBe('going');
  expect(await ask('stop')).toBeLessThan(500);
});

test('its private file system is a folder on the disk', async () => {
  const ask = start(`
    self.onmessage = async () => {
      const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs', { create: true });
      const file = await runs.getFileHandle('a.bin', { create: true });
      const access = await file.createSyncAccessHandle();
      access.write(new Uint8Array([7, 8, 9]), { at: 0 });
      access.truncate(2);
      access.flush();
      access.close();
      const bytes = [...new Uint8Array(await (await file.getFile()).arrayBuffer())];
      const names = [];
      for await (const [name, { kind }] of runs.entries()) names.push(name, kind);
      const missing = await runs.getFileHandle('b.bin').catch((error) => error.name);
      await runs.removeEntry('a.bin');
      const gone = await file.getFile().catch((error) => error.name);
      self.postMessage({ bytes, names, missing, gone, quota: (await navigator.storage.estimate()).quota > 0 });
    };`);
  expect(await ask(null)).toEqual({
    bytes: [7, 8],
    names: ['a.bin', 'file'],
    missing: 'NotFoundError',
    gone: 'NotFoundError',
    quota: true,
  });
});

test('files and folders are named by whoever asks, and opened in the thread', async () => {
  writeFileSync(join(folder, 'text.txt'), 'zwölf');
  mkdirSync(join(folder, 'out'));
  const ask = start(`
    self.onmessage = async ({ data: { files, parent } }) => {
      const writable = await (await parent.getFileHandle('copy.txt', { create: true })).createWritable();
      await writable.write(new Uint8Array(await files[0].blob.arrayBuffer()));
      await writable.write(new Uint8Array([33]));
      await writable.close();
      self.postMessage(await files[0].blob.text());
    };`);
  const [blob, parent] = [onDisk(join(folder, 'text.txt')), onDisk(join(folder, 'out'))];
  expect(await ask({ files: [{ blob }], parent })).toBe('zwölf');
  expect(readFileSync(join(folder, 'out/copy.txt'), 'utf8')).toBe('zwölf!');
});

test('files of the page are fetched from the disk, and relaxed vector instructions are on', async () => {
  const ask = start(`
    const relaxed = [0,97,115,109,1,0,0,0,1,5,1,96,0,1,123,3,2,1,0,10,15,1,13,0,65,1,253,15,65,2,253,15,253,128,2,11];
    self.onmessage = async () => self.postMessage([
      (await (await fetch(new URL('script.mjs', self.location.href))).text()).length > 100,
      WebAssembly.validate(Uint8Array.from(relaxed)),
      crossOriginIsolated,
    ]);`);
  expect(await ask(null)).toEqual([true, true, true]);
});

test('a script that fails is told of', async () => {
  await expect(start('throw new Error("it broke");')(null)).rejects.toThrow('it broke');
});
