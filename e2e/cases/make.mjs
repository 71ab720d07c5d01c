// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// Writes the bundle cases: node make.mjs OUTDIR. Each file in bundles/ derives one of them from the base model: files of a
// folder, or the bytes of one file such as a zip.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('bundles/', import.meta.url));

/** Names of the bundles. */
export const targets = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => name.slice(0, -4))
    .sort();

/** One bundle: { name, files: Map of path to bytes } or { name, bytes }. */
export async function make(target) {
  const { default: derive } = await import(pathToFileURL(join(folder, `${target}.mjs`)).href);
  const made = await derive();
  return made instanceof Map ? { name: target, files: made } : made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = process.argv[2];
  if (out === undefined) {
    console.error('usage: node make.mjs OUTDIR');
    process.exit(2);
  }
  for (const target of targets()) {
    const { name, files, bytes } = await make(target);
    const all =
      files === undefined ? [[name, bytes]] : [...files].map(([path, content]) => [`${target}/${path}`, content]);
    for (const [path, content] of all) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), content);
    }
  }
  console.log(`${targets().length} bundles in ${out}`);
}
