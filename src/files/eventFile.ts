/**
 * `events.out.tfevents…` of the bundle: the curves as TensorBoard reads them, one record a step.
 * Source: tensorflow/core/util/event.proto and framework/summary.proto.
 */

import { createCRC32 } from 'hash-wasm';
import { concatenate } from '../core/bytes.ts';
import { onceFor } from '../core/collections.ts';
import { type HeldOutPoint, readersOf, type TrainPoint } from '../core/metrics.ts';
import { type BundleEntry, type Bytes, PIECE_BYTES } from './bundleEntry.ts';
import type { ExportedRun } from './exportedRun.ts';
import { doubleField, type Field, floatField, intField, messageField, textField } from './protobuf.ts';

/** Fields of Event: wall_time, step, file_version, summary. Of Summary: value. Of Summary.Value: tag, simple_value. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/**
 * The summary of an event as bytes in which only the floats differ from step to step. Summaries of 100,000 steps are copied
 * from it rather than encoded: that takes a tenth of the time.
 * @returns with the places of the floats, in the order of the tags
 */
function summaryTemplate(tags: readonly string[]) {
  const values = tags.map((tag) =>
    messageField(SUMMARY.value, [textField(VALUE.tag, tag), floatField(VALUE.simpleValue, 0)]),
  );
  const bytes = messageField(EVENT.summary, values);
  let end = bytes.length - values.reduce((sum, { length }) => sum + length, 0);
  const places = values.map(({ length }) => {
    end += length;
    // The float is the last thing in its value.
    return end - 4;
  });
  return { bytes, places };
}

function headOf({ wallTimeSeconds, step }: ScalarEvent): Field[] {
  return [doubleField(EVENT.wallTime, wallTimeSeconds), intField(EVENT.step, step)];
}

/** A function that encodes events, and remembers the templates. */
function createEncoder() {
  const templateOf = onceFor(summaryTemplate);
  return {
    sizeOf: (event: ScalarEvent): number =>
      headOf(event).reduce((sum, { length }) => sum + length, templateOf(event.tags).bytes.length),
    encode: (event: ScalarEvent): Field => {
      const { bytes, places } = templateOf(event.tags);
      const encoded = concatenate([...headOf(event), bytes]);
      const start = encoded.length - bytes.length;
      const view = new DataView(encoded.buffer);
      for (const [index, place] of places.entries()) view.setFloat32(start + place, event.values[index] ?? 0, true);
      return encoded;
    },
  };
}

export const EVENT_FILE_PURPOSE = 'The curves for TensorBoard; “tensorboard --logdir runs” shows them.';

/** The record that has to come first. */
function versionEvent(startedMs: number): Field {
  return concatenate([doubleField(EVENT.wallTime, startedMs / 1000), textField(EVENT.fileVersion, 'brain.Event:2')]);
}

/**
 * The event file of a run.
 * @param folder the run's name as a folder's
 */
export function eventFileEntry({ startedMs, points, heldOut }: ExportedRun, folder: string): BundleEntry {
  const events = (): Generator<ScalarEvent> => scalarEvents(startedMs, points, heldOut);
  const { sizeOf, encode } = createEncoder();
  let sizeBytes = RECORD_OVERHEAD_BYTES + versionEvent(startedMs).length;
  for (const event of events()) sizeBytes += RECORD_OVERHEAD_BYTES + sizeOf(event);
  return {
    path: `runs/${folder}/events.out.tfevents.${Math.floor(startedMs / 1000)}.folio`,
    purpose: EVENT_FILE_PURPOSE,
    sizeBytes,
    chunks: async function* () {
      const frame = await createFraming();
      let records: Bytes[] = [frame(versionEvent(startedMs))];
      let pending = 0;
      for (const event of events()) {
        const record = frame(encode(event));
        records.push(record);
        pending += record.length;
        if (pending < PIECE_BYTES) continue;
        yield concatenate(records);
        records = [];
        pending = 0;
      }
      yield concatenate(records);
    },
  };
}

const TRAINING = readersOf('train', 'tag');
const HELD_OUT = readersOf('heldOut', 'tag');

/** The scalars of one step. */
interface ScalarEvent {
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTimeSeconds: number;
  /** In the order of `values`. The same list for all events that have the same tags. */
  readonly tags: readonly string[];
  readonly values: readonly number[];
}

/**
 * The events of a run in order of step, training before held-out text. A pause takes no time: the wall time is the start and
 * the time trained since.
 */
export function* scalarEvents(
  startedMs: number,
  points: readonly TrainPoint[],
  heldOut: readonly HeldOutPoint[],
): Generator<ScalarEvent> {
  const tagLists = new Map<string, readonly string[]>();
  const event = <P extends { readonly step: number }>(
    readers: readonly { name: string; read(point: P): number | null }[],
    point: P,
    elapsedMs: number,
  ): ScalarEvent => {
    const [found, values]: [string[], number[]] = [[], []];
    for (const { name, read } of readers) {
      const value = read(point);
      if (value === null) continue;
      found.push(name);
      values.push(value);
    }
    const tags = tagLists.get(found.join()) ?? found;
    tagLists.set(tags.join(), tags);
    return { step: point.step, wallTimeSeconds: (startedMs + elapsedMs) / 1000, tags, values };
  };
  let next = 0;
  let elapsedMs = 0;
  for (const look of heldOut) {
    // A reading of step 9 is taken after the tenth step, and a look at step 10 after that.
    for (let point = points[next]; point !== undefined && point.step < look.step; point = points[++next]) {
      elapsedMs = point.elapsedMs;
      yield event(TRAINING, point, elapsedMs);
    }
    yield event(HELD_OUT, look, elapsedMs);
  }
  for (; next < points.length; next++) {
    const point = points[next];
    if (point !== undefined) yield event(TRAINING, point, point.elapsedMs);
  }
}

/** Castagnoli's polynomial, reversed. */
const CRC_32C = 0x82f63b78;
const MASK_DELTA = 0xa282ead8;

/** Bytes that a record has beside its own: 8 of length, 4 and 4 of checksums. */
const RECORD_OVERHEAD_BYTES = 16;

/**
 * The framing of TensorFlow's record files: length, its checksum, the bytes, their checksum.
 * Source: tensorflow/core/lib/io/record_writer.h; the checksum is CRC-32C, rotated and shifted ("masked"), since files often
 * hold checksums themselves.
 * @returns a function that frames one record after the other
 */
export async function createFraming(): Promise<(data: Uint8Array) => Bytes> {
  const hasher = await createCRC32(CRC_32C);
  const maskedChecksum = (data: Uint8Array): number => {
    const digest = hasher.init().update(data).digest('binary');
    const crc = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
    return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
  };
  return (data) => {
    const record = new Uint8Array(data.length + RECORD_OVERHEAD_BYTES);
    const view = new DataView(record.buffer);
    view.setBigUint64(0, BigInt(data.length), true);
    view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
    record.set(data, 12);
    view.setUint32(12 + data.length, maskedChecksum(data), true);
    return record;
  };
}
