/** One tab trains a run at a time: whoever does holds a lock of its name. */
import { StudioError } from '../../core/errors.ts';

const lockName = (id: string): string => `folio-run-${id}`;

/** Undefined on pages that are not served securely; there nobody else can have opened the run's storage either. */
const locks = (): LockManager | undefined => navigator.locks as LockManager | undefined;

/**
 * Does work that no other tab may do with this run meanwhile.
 * @throws StudioError `runInUse`
 */
export async function withRunLock<T>(id: string, name: string, work: () => Promise<T>): Promise<T> {
  const manager = locks();
  if (manager === undefined) return work();
  return await manager.request(lockName(id), { ifAvailable: true }, async (lock) => {
    if (lock === null) throw new StudioError('runInUse', `${id} is locked`, { name });
    return await work();
  });
}

/** The runs that some tab trains now. */
export async function runsInUse(): Promise<ReadonlySet<string>> {
  const held = (await locks()?.query())?.held ?? [];
  const prefix = lockName('');
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

/** Calls back once nobody trains the run any more. */
export async function whenRunIsFree(id: string, signal: AbortSignal): Promise<void> {
  await locks()?.request(lockName(id), { signal }, async () => undefined);
}
