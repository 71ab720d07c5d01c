/** A folder on the disk as the part of a browser's private file system that Folio's worker uses. */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** @param {unknown} thrown @returns {never} */
function asWebError(thrown) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (thrown);
  const names = /** @type {Record<string, string>} */ ({ ENOENT: 'NotFoundError', ENOSPC: 'QuotaExceededError' });
  throw new DOMException(message, names[code ?? ''] ?? 'InvalidStateError');
}

export class FileHandle {
  kind = /** @type {const} */ ('file');
  /** @type {string} */
  #path;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  async getFile() {
    return new Blob([await readFile(this.#path).catch(asWebError)]);
  }

  async createWritable() {
    const file = await open(this.#path, 'w').catch(asWebError);
    return {
      /** @param {Uint8Array} bytes */
      write: (bytes) => file.writeFile(bytes).catch(asWebError),
      close: () => file.close(),
      abort: () => file.close(),
    };
  }

  async createSyncAccessHandle() {
    const file = openSync(this.#path, 'r+');
    return {
      /** @param {Uint8Array} bytes @param {{ at: number }} place */
      write: (bytes, { at }) => {
        try {
          return writeSync(file, bytes, 0, bytes.byteLength, at);
        } catch (thrown) {
          return asWebError(thrown);
        }
      },
      /** @param {number} size */
      truncate: (size) => ftruncateSync(file, size),
      flush: () => fsyncSync(file),
      close: () => closeSync(file),
    };
  }
}

class DirectoryHandle {
  kind = /** @type {const} */ ('directory');
  /** @type {string} */
  #path;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  /** @param {string} name @param {{ create?: boolean }} [options] */
  async getDirectoryHandle(name, { create = false } = {}) {
    return createDirectoryHandle(join(this.#path, name), create);
  }

  /** @param {string} name @param {{ create?: boolean }} [options] */
  async getFileHandle(name, { create = false } = {}) {
    const path = join(this.#path, name);
    await open(path, create ? 'a' : 'r')
      .then((file) => file.close())
      .catch(asWebError);
    return new FileHandle(path);
  }

  /** @param {string} name @param {{ recursive?: boolean }} [options] */
  async removeEntry(name, { recursive = false } = {}) {
    await rm(join(this.#path, name), { recursive }).catch(asWebError);
  }

  /** @returns {AsyncGenerator<[string, { kind: 'file' | 'directory' }]>} */
  async *entries() {
    for (const entry of await readdir(this.#path, { withFileTypes: true })) {
      yield [entry.name, { kind: entry.isDirectory() ? 'directory' : 'file' }];
    }
  }
}

/**
 * @param {string} path
 * @param {boolean} [create] whether it is made if it isn't there
 */
export async function createDirectoryHandle(path, create = true) {
  if (create) await mkdir(path, { recursive: true }).catch(asWebError);
  else await stat(path).catch(asWebError);
  return new DirectoryHandle(path);
}

/** Room on the disk of a folder, in bytes. @param {string} path */
export async function estimateStorage(path) {
  await mkdir(path, { recursive: true });
  const { bavail, bsize } = await statfs(path);
  return { usage: 0, quota: bavail * bsize };
}
