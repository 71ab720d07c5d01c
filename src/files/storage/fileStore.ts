/**
 * Where runs are kept: named files in folders, one folder a run. Every file is written once under a name of its own and never
 * changed, so that what is there stays whole whenever the browser dies.
 */
export interface FileStore {
  readonly kind: 'opfs' | 'indexeddb' | 'memory';
  /** Folders that exist. */
  runs(): Promise<string[]>;
  /** Names of the files of a run; none for one that does not exist. */
  files(run: string): Promise<string[]>;
  /** @returns null if there is no such file */
  read(run: string, name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Writes a file, in slices between which waiting messages and training steps come in.
   * @throws StudioError `storageFull`, and whatever else the browser says
   */
  write(run: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** A file that is not there is no error. */
  remove(run: string, name: string): Promise<void>;
  removeRun(run: string): Promise<void>;
}

/** Bytes written between two looks at the messages: a few milliseconds of work. */
export const SLICE_BYTES = 4 * 2 ** 20;
