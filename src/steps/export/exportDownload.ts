import { saveBlob } from '../../design/saveBlob.ts';
import { folderName } from '../../files/folderName.ts';
import type { StudioActions } from '../../studio/page/studioState.ts';

/** Makes the zip and hands it over. @param name of the model */
export async function downloadZip({ zipBundle }: Pick<StudioActions, 'zipBundle'>, name: string): Promise<void> {
  const zip = await zipBundle();
  if (zip !== null) saveBlob(zip, `${folderName(name)}.zip`);
}

/** A file's name from the name of a run. @example fileNameOf('Run 2, tiny') // 'run-2-tiny' */
export function fileNameOf(name: string): string {
  const slug = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return slug === '' ? 'run' : slug.toLowerCase();
}

/** The part of the File System Access API that TypeScript does not know yet. */
interface FolderPicker {
  showDirectoryPicker?: (options: { mode: 'readwrite'; id: string }) => Promise<FileSystemDirectoryHandle>;
}

/** Whether this browser can write a folder. */
export function canSaveFolders(): boolean {
  return (window as FolderPicker).showDirectoryPicker !== undefined;
}

/** Asks for a folder to write in. @returns null if the person closed the dialog */
export async function chooseFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return (await (window as FolderPicker).showDirectoryPicker?.({ mode: 'readwrite', id: 'folio-export' })) ?? null;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null;
    throw thrown;
  }
}
