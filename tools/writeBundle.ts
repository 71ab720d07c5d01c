/** A bundle as a folder and as a zip. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';

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

/** A folder as a person would zip it. */
export function zipFolder(folder: string, path: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => [`model/${name.replaceAll('\\', '/')}`, readFileSync(join(folder, name))]);
  writeFileSync(path, zipSync(Object.fromEntries(files), { level: 0 }));
}
