/** Step 7: the folder that `from_pretrained` loads. */
import { folderName } from '../core/export/folderName.ts';
import { DEFAULT_EXPORT, type ExportOptions } from '../core/export/options.ts';
import type { BundleOrigin } from '../core/import/origin.ts';
import type { BundleFile, ExportProgress, ReopenReport, VerifyReport } from '../engine/protocol.ts';
import { runStep, type StudioContext } from './context.ts';
import { formatSize } from './format.ts';
import { completeStep } from './steps.ts';

export interface ExportSlice {
  /** Name of the folder and of the model. */
  readonly name: string;
  readonly options: ExportOptions;
  readonly files: readonly BundleFile[];
  /** Whether files are being written. */
  readonly writing: boolean;
  readonly progress: ExportProgress | null;
  /** What was written last; null: nothing yet, or other weights since. */
  readonly written: BundleOrigin | null;
  readonly verifying: boolean;
  readonly verified: Verified | null;
}

/** What Verify found. */
export interface Verified {
  /** By Transformers.js; null where the bundle holds no ONNX file. */
  readonly javascript: VerifyReport | null;
  readonly reopened: ReopenReport;
}

export const EMPTY_EXPORT: ExportSlice = {
  name: 'my-bert',
  options: DEFAULT_EXPORT,
  files: [],
  writing: false,
  progress: null,
  written: null,
  verifying: false,
  verified: null,
};

export interface ExportActions {
  setExportName(name: string): void;
  setExportOptions(change: Partial<ExportOptions>): void;
  listBundle(): Promise<void>;
  /** The zip; null if it could not be made or was cancelled. */
  zipBundle(): Promise<Blob | null>;
  /** Writes the files as a folder within a chosen one. */
  saveBundle(parent: FileSystemDirectoryHandle): Promise<void>;
  cancelExport(): void;
  /** Reads what was written last with other libraries, and opens it again, and compares both with the live model. */
  verifyBundle(): Promise<void>;
}

declare module './state.ts' {
  interface StudioState {
    readonly exportBundle: ExportSlice;
  }
  interface StudioActions extends ExportActions {}
}

const VERIFIED_LINES = 10;

/** What is wrong with a folder's name, or null. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'The model needs a name.';
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,95}$/u.test(name)) {
    return 'A name is made of letters, digits, “.”, “_” and “-”, starts with a letter or digit, and has 96 at most.';
  }
  return null;
}

/** Actions of the Export step. */
export function createExportActions(context: StudioContext): ExportActions {
  const { engine, get, patch } = context;
  engine.subscribe('export.progress', (progress) => {
    if (get().exportBundle.writing) patch('exportBundle', { progress });
  });
  const write = async <T>(work: () => Promise<T>): Promise<T | null> => {
    patch('exportBundle', { writing: true, progress: null });
    const result = await runStep(context, 'export', work);
    patch('exportBundle', { writing: false, progress: null });
    return result;
  };
  const complete = (sizeBytes: number): void => {
    const { files } = get().exportBundle;
    const line = `${files.length === 0 ? 'a zip' : `${files.length} files`}, ${formatSize(sizeBytes)}`;
    context.set({ steps: completeStep(get().steps, 'export', line) });
  };
  return {
    setExportName: (name) => patch('exportBundle', { name }),
    setExportOptions: (change) => patch('exportBundle', { options: { ...get().exportBundle.options, ...change } }),
    listBundle: async () => {
      const { name, options } = get().exportBundle;
      if (nameProblem(name) !== null) return;
      const files = await runStep(context, 'export', () => engine.call('export.list', { name, options }));
      if (files) patch('exportBundle', { files });
    },
    zipBundle: async () => {
      const { name, options } = get().exportBundle;
      const blob = await write(() => engine.call('export.zip', { name, options }));
      if (blob === null) return null;
      patch('exportBundle', { written: { kind: 'zip', name: `${folderName(name)}.zip`, blob }, verified: null });
      complete(blob.size);
      return blob;
    },
    saveBundle: async (parent) => {
      const { name, options, files } = get().exportBundle;
      const saved = await write(() => engine.call('export.folder', { name, options, parent }));
      if (!saved) return;
      patch('exportBundle', { written: await readFolder(parent, folderName(name)), verified: null });
      complete(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    },
    cancelExport: () => void engine.call('export.cancel', {}),
    verifyBundle: async () => {
      const { written, options } = get().exportBundle;
      if (written === null) return;
      patch('exportBundle', { verifying: true, verified: null });
      const verified = await runStep(context, 'export', async (): Promise<Verified> => {
        const cases = await engine.call('verify.cases', { count: VERIFIED_LINES });
        const javascript = options.onnx.length === 0 ? null : await engine.verify({ origin: written, cases });
        return { javascript, reopened: await engine.call('verify.reopen', { origin: written, cases }) };
      });
      patch('exportBundle', { verifying: false, verified });
    },
  };
}

/** The files that were just written, to be read again. */
async function readFolder(parent: FileSystemDirectoryHandle, name: string): Promise<BundleOrigin> {
  const files: { path: string; blob: Blob }[] = [];
  const walk = async (folder: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    for await (const [entryName, entry] of folder.entries()) {
      if (entry.kind === 'directory') await walk(entry as FileSystemDirectoryHandle, `${prefix}${entryName}/`);
      else files.push({ path: prefix + entryName, blob: await (entry as FileSystemFileHandle).getFile() });
    }
  };
  await walk(await parent.getDirectoryHandle(name), '');
  return { kind: 'folder', name, files };
}
