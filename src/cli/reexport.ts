/**
 * Opens a model's folder with the page's own engine, asks it about some texts, and exports it again: for `npm run
 * test:python`, which compares both with what Python reads.
 *
 *     node --import tsx src/cli/reexport.ts DIR OUT CASES CORPUS
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { zipSync } from 'fflate';
import { DEFAULT_EXPORT } from '../core/export/options.ts';
import { ensureBuild } from './build.ts';
import { collectCases } from './cases.ts';
import { openHeadlessEngine } from './headlessEngine.ts';
import { serveApp } from './serve.ts';
import { writeBundle } from './writeBundle.ts';

/** As a person would zip a folder with other tools. */
function zipFolder(folder: string, path: string): void {
  const files = readdirSync(folder).map((name) => [`model/${name}`, readFileSync(join(folder, name))]);
  writeFileSync(path, zipSync(Object.fromEntries(files)));
}

async function reexport(folder: string, out: string, casesPath: string, corpusPath: string): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'folio-reexport-'));
  await ensureBuild();
  const app = await serveApp(4373);
  const engine = await openHeadlessEngine(app.url);
  try {
    const zip = join(place, 'model.zip');
    zipFolder(folder, zip);
    const opened = await engine.openZip(zip);
    console.log(`Opened: ${opened.parameters} parameters, ${opened.vocabSize} tokens.`);
    writeFileSync(casesPath, JSON.stringify(await collectCases(engine, corpusPath)));
    writeBundle(await engine.downloadZip('model', DEFAULT_EXPORT), out);
  } finally {
    await engine.close();
    await app.close();
    rmSync(place, { recursive: true, force: true });
  }
}

const [folder = '', out = '', casesPath = '', corpusPath = ''] = process.argv.slice(2);
await reexport(folder, out, casesPath, corpusPath);
process.exit(0);
