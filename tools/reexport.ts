/**
 * Opens models with the page's own engine on WebGPU, asks them about some texts, and exports them again: for `npm run test:python`,
 * which compares both with what Python reads. Each folder of DIR holds a model in `original` and texts in `lines.txt`, and
 * gets `cases.json` and `exported`.
 *
 *     node --import tsx tools/reexport.ts DIR
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DEFAULT_EXPORT } from '../src/files/exportOptions.ts';
import { collectCases } from './cases.ts';
import type { Engine } from './engine.ts';
import { openEngine } from './openEngine.ts';

async function reexport(folder: string, engine: Engine): Promise<void> {
  const opened = await engine.openModel(join(folder, 'original'));
  console.log(`Opened: ${opened.parameters} parameters, ${opened.vocabSize} tokens.`);
  const cases = await collectCases(engine, join(folder, 'lines.txt'));
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
  await engine.writeBundle(join(folder, 'exported'), DEFAULT_EXPORT);
}

async function reexportAll(folder: string): Promise<void> {
  const engine = await openEngine({ browser: true, backend: 'webgpu', folder: null });
  try {
    await engine.call('device.probe', { choice: 'webgpu' });
    for (const kind of readdirSync(folder)) await reexport(join(folder, kind), engine);
  } finally {
    await engine.close();
  }
}

await reexportAll(process.argv[2] ?? '');
process.exit(0);
