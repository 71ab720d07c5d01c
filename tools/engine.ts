/** The page's own engine, driven from the command line: what the commands ask of it, wherever it runs. */
import type { ExportOptions } from '../src/files/exportOptions.ts';
import type { Command, Params, Result } from '../src/studio/client.ts';
import type { Events } from '../src/studio/events.ts';
import type { ReadingChoice } from '../src/text/reading/reading.ts';

export interface Engine {
  /** As `client.call` on the page; neither parameters nor result may hold a Blob. @throws StudioError */
  call<C extends Command>(command: C, params: Params<C>): Promise<Result<C>>;
  /** Loads files of any size. @param choice how all are read @throws StudioError */
  loadFiles(
    paths: readonly string[],
    config: Params<'data.load'>['config'],
    choice?: ReadingChoice,
  ): Promise<Result<'data.load'>>;
  /** Opens a model's folder or zip. @throws StudioError */
  openModel(path: string): Promise<Result<'model.open'>>;
  /** Writes the bundle into a folder, called by the folder's name. @throws StudioError */
  writeBundle(folder: string, options: ExportOptions): Promise<void>;
  subscribe<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Promise<void>;
  close(): Promise<void>;
}
