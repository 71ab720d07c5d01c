/** Where `npm run train` keeps a run until it has ended: the folder `checkpoints` beside what it will write. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
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

/** @throws UsageError if no run was interrupted there */
export function readOrder(out: string, shown: string): Order {
  if (!hasCheckpoints(out)) throw new UsageError(`${shown} contains no interrupted run.`);
  return v.parse(orderSchema, JSON.parse(readFileSync(orderFile(out), 'utf8')));
}

/** Whether a run was begun there; one that crashed before it was first saved was not. */
export function hasCheckpoints(out: string): boolean {
  const runs = join(checkpointFolder(out), 'runs');
  return existsSync(orderFile(out)) && existsSync(runs) && readdirSync(runs).length > 0;
}

/**
 * Takes the folder for this process, by a socket that ends with it however it ends.
 * @returns what lets go of the folder
 * @throws UsageError if another process trains there
 */
export async function holdCheckpoints(out: string, order: Order): Promise<() => void> {
  mkdirSync(checkpointFolder(out), { recursive: true });
  const hash = createHash('sha256').update(realpathSync(out)).digest('hex').slice(0, 24);
  const name = `folio-${hash}`;
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
  if (await isAnswered(address)) throw new UsageError(`${out} is being trained by another process.`);
  // Left by a process that crashed.
  if (process.platform !== 'win32') rmSync(address, { force: true });
  const server = createServer().unref();
  await once(server.listen(address), 'listening');
  writeFileSync(orderFile(out), JSON.stringify(order));
  return () => void server.close();
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Removes the checkpoints, and the folder around them if nothing else is in it. */
export function removeCheckpoints(out: string): void {
  rmSync(checkpointFolder(out), { recursive: true, force: true });
  if (existsSync(out) && readdirSync(out).length === 0) rmdirSync(out);
}
