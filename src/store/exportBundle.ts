/** Step 7: the folder that `from_pretrained` loads. */
import { DEFAULT_EXPORT, type ExportOptions } from '../core/export/options.ts';
import type { BundleFile, ExportProgress } from '../engine/protocol.ts';
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
  /** The zip that was written last, with the name of its model. */
  readonly zip: { readonly name: string; readonly blob: Blob } | null;
}

export const EMPTY_EXPORT: ExportSlice = {
  name: 'my-bert',
  options: DEFAULT_EXPORT,
  files: [],
  writing: false,
  progress: null,
  zip: null,
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
}

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
      patch('exportBundle', { zip: { name, blob } });
      complete(blob.size);
      return blob;
    },
    saveBundle: async (parent) => {
      const { name, options, files } = get().exportBundle;
      const saved = await write(() => engine.call('export.folder', { name, options, parent }));
      if (saved) complete(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    },
    cancelExport: () => void engine.call('export.cancel', {}),
  };
}
