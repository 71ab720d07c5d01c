/** The golden bundle's weights, for tests. */
import { readFileSync } from 'node:fs';

interface HeaderEntry {
  readonly data_offsets: readonly [number, number];
}

/** The tensors of a safetensors file by name, in the order of its header; float32 only. */
export function readGoldenTensors(
  file: Buffer = readFileSync('test/golden/tiny-roberta/model.safetensors'),
): Map<string, Float32Array> {
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, dataStart)) as Record<string, HeaderEntry>;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(
    entries.map(([name, { data_offsets: offsets }]) => {
      const bytes = Uint8Array.from(file.subarray(dataStart + offsets[0], dataStart + offsets[1]));
      return [name, new Float32Array(bytes.buffer)];
    }),
  );
}
