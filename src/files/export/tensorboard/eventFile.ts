/**
 * `events.out.tfevents…` of the bundle: the curves as TensorBoard reads them, one record a step.
 * Source: tensorflow/core/util/event.proto and framework/summary.proto.
 */
import type { BundleEntry } from '../bundleEntry.ts';
import { type Bytes, PIECE_BYTES } from '../bytes.ts';
import { concatenate, doubleField, type Field, floatField, intField, messageField, textField } from '../protobuf.ts';
import type { ExportedRun } from '../run.ts';
import { type ScalarEvent, scalarEvents } from './scalars.ts';
import { createFraming, RECORD_OVERHEAD_BYTES } from './tfRecord.ts';

/** Fields of Event: wall_time, step, file_version, summary. Of Summary: value. Of Summary.Value: tag, simple_value. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/** The summary of an event as bytes in which only the floats differ from step to step. */
interface SummaryTemplate {
  readonly bytes: Field;
  /** Where the floats lie, in the order of the tags. */
  readonly places: readonly number[];
}

/** Summaries of 100,000 steps are copied from a template rather than encoded: that takes a tenth of the time. */
function summaryTemplate(tags: readonly string[]): SummaryTemplate {
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
  const templates = new Map<readonly string[], SummaryTemplate>();
  const templateOf = (tags: readonly string[]): SummaryTemplate => {
    const known = templates.get(tags) ?? summaryTemplate(tags);
    templates.set(tags, known);
    return known;
  };
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
