/** The file itself is read by TensorBoard in `npm run test:python`; here are its framing and its sizes. */
import { expect, test } from 'vitest';
import { testRun } from '../../test/exportedRun.ts';
import { createFraming, eventFileEntry, scalarEvents } from './eventFile.ts';

async function write(run = testRun()): Promise<{ bytes: Buffer; pieces: number; sizeBytes: number }> {
  const entry = eventFileEntry(run, 'my-bert');
  const pieces: Uint8Array[] = [];
  for await (const piece of entry.chunks()) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), pieces: pieces.length, sizeBytes: entry.sizeBytes };
}

test('a record is framed as TensorFlow frames it', async () => {
  const frame = await createFraming();
  // The version record that every event file of TensorFlow starts with, of 24 bytes: its header is the same in all of them.
  expect(
    Buffer.from(frame(new Uint8Array(24)))
      .subarray(0, 12)
      .toString('hex'),
  ).toBe('1800000000000000a37f4b22');
  // CRC-32C of "123456789" is 0xe3069283 (RFC 3720 has the polynomial), masked as record_writer.h says.
  const footer = Buffer.from(frame(new TextEncoder().encode('123456789'))).readUInt32LE(21);
  expect(footer).toBe((((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8) >>> 0);
});

test('the size is known before it is written, in pieces where it is long', async () => {
  const short = await write();
  expect(short.bytes.length).toBe(short.sizeBytes);
  const [first] = testRun().points;
  const points = Array.from({ length: 20_000 }, (_, step) => ({ ...first, step, loss: 1 / step }) as never);
  const long = await write(testRun({ points }));
  expect(long.bytes.length).toBe(long.sizeBytes);
  expect(long.pieces).toBeGreaterThan(2);
});

test('events stand in the order of steps; a figure that was not measured is left out', () => {
  const { startedMs, points, heldOut } = testRun();
  const events = [...scalarEvents(startedMs, points, heldOut)];
  expect(events.map(({ step, tags }) => `${step} ${tags[0]}`)).toEqual([
    '0 held_out/loss',
    '10 train/loss',
    '20 held_out/loss',
    '20 train/loss',
  ]);
  expect(events[0]?.tags).not.toContain('held_out/word_accuracy');
  expect(events[2]?.tags).toContain('held_out/word_accuracy');
  // Before the second look the reading of step 10 had been taken.
  expect(events.map(({ wallTimeSeconds }) => wallTimeSeconds - startedMs / 1000)).toEqual(
    [0, 10.00025, 10.00025, 20.00025].map((seconds) => expect.closeTo(seconds, 4)),
  );
});
