/** Step 7: the folder that `from_pretrained` loads. */
import type { BundleOrigin } from '../../files/bundleSource.ts';
import { DEFAULT_EXPORT, type ExportOptions } from '../../files/exportOptions.ts';
import { folderName } from '../../files/folderName.ts';
import { createVerifyClient, type Result } from '../../studio/client.ts';
import type { ExportProgress } from '../../studio/events.ts';
import { runStep, type StudioContext } from '../../studio/page/context.ts';
import { formatSize } from '../../studio/page/format.ts';
import { selectRefusal } from '../../studio/page/selectors.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { StudioState } from '../../studio/page/studioState.ts';
import type { VerifyReport, VerifyRequest } from './verifyReport.ts';

/** What Verify found. */
export interface Verified {
  /** By Transformers.js; null where the bundle holds no ONNX file. */
  readonly javascript: VerifyReport | null;
  readonly reopened: Result<'verify.reopen'>;
}

export const EMPTY_EXPORT = {
  name: 'my-bert',
  options: DEFAULT_EXPORT,
  writing: false,
  progress: null as ExportProgress | null,
  /** What was written last; null: nothing yet, or other weights since. */
  written: null as BundleOrigin | null,
  verifying: false,
  verified: null as Verified | null,
};
export type ExportSlice = Readonly<typeof EMPTY_EXPORT>;

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly exportBundle: ExportSlice;
  }
  interface StudioActions extends ReturnType<typeof createExportActions> {}
}

const VERIFIED_LINES = 10;

/** What is wrong with a folder's name, or null. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'The model needs a name.';
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,95}$/u.test(name)) {
    return 'Use letters, digits, “.”, “_” and “-”; start with a letter or digit; 96 characters at most.';
  }
  return null;
}

/** Why nothing can be written now, in a sentence, or null. */
export function selectExportRefusal(state: StudioState): string | null {
  const { name, writing } = state.exportBundle;
  return selectRefusal(state, 'export') ?? nameProblem(name) ?? (writing ? 'The files are being written.' : null);
}

/** Actions of the Export step. */
export function createExportActions(context: StudioContext) {
  const { engine, get, patch } = context;
  engine.subscribe('export.progress', (progress) => {
    if (get().exportBundle.writing) patch('exportBundle', { progress });
  });
  /** Writes the bundle; what was written is what `read` makes of the answer. */
  const write = async <T>(
    work: (what: Pick<ExportSlice, 'name' | 'options'>) => Promise<T | null>,
    read: (answer: T, name: string) => Promise<BundleOrigin>,
  ): Promise<T | null> => {
    const { name, options } = get().exportBundle;
    patch('exportBundle', { writing: true, progress: null });
    const answer = await runStep(context, 'export', async () => {
      const files = await engine.call('export.list', { name, options });
      const written = await work({ name, options });
      return written && { written, files };
    });
    patch('exportBundle', { writing: false, progress: null });
    if (answer === null) return null;
    const { written, files } = answer;
    patch('exportBundle', { written: await read(written, folderName(name)), verified: null });
    const sizeBytes = written instanceof Blob ? written.size : files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const line = `${files.length} files, ${formatSize(sizeBytes)}`;
    context.set({ steps: completeStep(get().steps, 'export', line) });
    return written;
  };
  return {
    setExportName: (name: string) => patch('exportBundle', { name }),
    setExportOptions: (change: Partial<ExportOptions>) =>
      patch('exportBundle', { options: { ...get().exportBundle.options, ...change } }),
    /** The zip; null if it could not be made or was cancelled. */
    zipBundle: () =>
      write(
        (what) => engine.call('export.zip', what),
        async (blob, name) => ({ kind: 'zip', name: `${name}.zip`, blob }),
      ),
    saveBundle: async (parent: FileSystemDirectoryHandle) => {
      await write(
        (what) => engine.call('export.folder', { ...what, parent }),
        (_, name) => readFolder(parent, name),
      );
    },
    /** Reads what was written last with other libraries, and opens it again, and compares both with the live model. */
    verifyBundle: async () => {
      const { written, options } = get().exportBundle;
      if (written === null) return;
      patch('exportBundle', { verifying: true, verified: null });
      const verified = await runStep(context, 'export', async (): Promise<Verified> => {
        const cases = await engine.call('verify.cases', { count: VERIFIED_LINES });
        const what = { origin: written, cases };
        const javascript = options.onnx.length === 0 ? null : await readAsStranger(what);
        return { javascript, reopened: await engine.call('verify.reopen', what) };
      });
      patch('exportBundle', { verifying: false, verified });
    },
  };
}

/** Compares in a worker of its own, by other libraries than ours. */
function readAsStranger(what: VerifyRequest): Promise<VerifyReport> {
  const stranger = createVerifyClient();
  return stranger.call('bundle.compare', what).finally(stranger.dispose);
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
