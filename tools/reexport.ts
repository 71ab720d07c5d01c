/**
 * Opens models with the page's own engine on WebGPU, asks them about some texts, and exports them again: for `npm run test:python`,
 * which compares both with what Python reads. Each folder of DIR holds a model in `original` and texts in `lines.txt`, and
 * gets `cases.json` and `exported`.
 *
 *     node --import tsx tools/reexport.ts DIR
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DEFAULT_EXPORT } from '../src/files/exportOptions.ts';
import { ensureBuild } from './build.ts';
import { collectCases } from './cases.ts';
import { type HeadlessEngine, openHeadlessEngine } from './headlessEngine.ts';
import { serveApp } from './serve.ts';
import { writeBundle, zipFolder } from './writeBundle.ts';

async function reexport(folder: string, engine: HeadlessEngine, place: string): Promise<void> {
  const zip = join(place, 'model.zip');
  zipFolder(join(folder, 'original'), zip);
  const opened = await engine.openZip(zip);
  console.log(`Opened: ${opened.parameters} parameters, ${opened.vocabSize} tokens.`);
  const cases = await collectCases(engine, join(folder, 'lines.txt'));
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  writeBundle(await engine.downloadZip('model', DEFAULT_EXPORT), join(folder, 'exported'));
}

async function reexportAll(folder: string): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'folio-reexport-'));
  await ensureBuild();
  const app = await serveApp(4373);
  const engine = await openHeadlessEngine(app.url);
  try {
    await engine.call('device.probe', { choice: 'webgpu' });
    for (const kind of readdirSync(folder)) await reexport(join(folder, kind), engine, place);
  } finally {
    await engine.close();
    await app.close();
    rmSync(place, { recursive: true, force: true });
  }
}

await reexportAll(process.argv[2] ?? '');
process.exit(0);
