// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// What Vite does with `import text from './file?raw'`, for Node.
import { readFile } from 'node:fs/promises';

export async function load(url, context, next) {
  if (!url.endsWith('?raw')) return next(url, context);
  const text = await readFile(new URL(url.slice(0, -'?raw'.length)), 'utf8');
  return { format: 'module', shortCircuit: true, source: `export default ${JSON.stringify(text)};` };
}
