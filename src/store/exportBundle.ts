/** Step 7: the folder that `from_pretrained` loads. */
import type { BundleFile } from '../engine/protocol.ts';
import { runStep, type StudioContext } from './context.ts';
import { formatSize } from './format.ts';
import { completeStep } from './steps.ts';

export interface ExportSlice {
  /** Name of the folder and of the model. */
  readonly name: string;
  readonly files: readonly BundleFile[];
  readonly zipping: boolean;
}

export const EMPTY_EXPORT: ExportSlice = { name: 'my-bert', files: [], zipping: false };

export interface ExportActions {
  setExportName(name: string): void;
  listBundle(): Promise<void>;
  /** The zip; null if it could not be made. */
  zipBundle(): Promise<Blob | null>;
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
  return {
    setExportName: (name) => patch('exportBundle', { name }),
    listBundle: async () => {
      const { name } = get().exportBundle;
      if (nameProblem(name) !== null) return;
      const files = await runStep(context, 'export', () => engine.call('export.list', { name }));
      if (files) patch('exportBundle', { files });
    },
    zipBundle: async () => {
      const { name, files } = get().exportBundle;
      patch('exportBundle', { zipping: true });
      const blob = await runStep(context, 'export', () => engine.call('export.zip', { name }));
      patch('exportBundle', { zipping: false });
      if (blob === null) return null;
      const line = `${files.length === 0 ? 'a zip' : `${files.length} files`}, ${formatSize(blob.size)}`;
      context.set({ steps: completeStep(get().steps, 'export', line) });
      return blob;
    },
  };
}
