/** Where `npm run train` keeps a run until it has ended: the folder `checkpoints` beside what it will write. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { BACKEND_NAMES, type BackendChoice } from '../src/core/device.ts';
import { EXTRA_FILES, type ExportOptions, ONNX_PRECISIONS, WEIGHT_FORMATS } from '../src/files/exportOptions.ts';
import { UsageError } from './usage.ts';

/** What the run's own record does not hold, and a resumed run needs to end as it would have. */
const orderSchema = v.object({
  backend: v.picklist([...BACKEND_NAMES, 'auto']),
  exported: v.object({
    weights: v.picklist(WEIGHT_FORMATS),
    onnx: v.array(v.picklist(ONNX_PRECISIONS)),
    extras: v.array(v.picklist(EXTRA_FILES)),
  }),
});

export interface Order {
  readonly backend: BackendChoice;
  readonly exported: ExportOptions;
}

export const checkpointFolder = (out: string): string => join(out, 'checkpoints');
const orderFile = (out: string): string => join(checkpointFolder(out), 'order.json');
const lockFile = (out: string): string => join(checkpointFolder(out), 'lock');

/** @throws UsageError if no run was interrupted there */
export function readOrder(out: string, shown: string): Order {
  if (!existsSync(orderFile(out))) throw new UsageError(`${shown} holds no interrupted run.`);
  return v.parse(orderSchema, JSON.parse(readFileSync(orderFile(out), 'utf8')));
}

export const hasCheckpoints = (out: string): boolean => existsSync(orderFile(out));

/** Takes the folder for this process. @throws UsageError if another one trains there */
export function holdCheckpoints(out: string, order: Order): void {
  mkdirSync(checkpointFolder(out), { recursive: true });
  const lock = lockFile(out);
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (holder !== process.pid && isRunning(holder)) {
    throw new UsageError(`${out} is being trained by another process (${holder}).`);
  }
  writeFileSync(lock, String(process.pid));
  writeFileSync(orderFile(out), JSON.stringify(order));
}

export function releaseCheckpoints(out: string): void {
  rmSync(lockFile(out), { force: true });
}

/** Removes the checkpoints, and the folder around them if nothing else is in it. */
export function removeCheckpoints(out: string): void {
  rmSync(checkpointFolder(out), { recursive: true, force: true });
  if (existsSync(out) && readdirSync(out).length === 0) rmdirSync(out);
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
