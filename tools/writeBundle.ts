/** Puts a downloaded bundle into a folder. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** Unpacks the bundle without the folder that it lies in. A name that leads elsewhere is refused. */
export function writeBundle(zipPath: string, outPath: string): void {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zipPath)))) {
    if (name.endsWith('/')) continue;
    const inside = name.split('/').slice(1);
    if (inside.length === 0 || inside.some((part) => !/^[\w-][\w.-]*$/.test(part))) {
      throw new Error(`The bundle holds a file with the name ${JSON.stringify(name)}.`);
    }
    const path = join(outPath, ...inside);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}
