/**
 * `npm run pack`: the page and the commands as a package, `folio-bert-VERSION.tgz`. What they need is built into them, so that
 * nothing else is downloaded with it. (`npm pack` by itself would run no build: `.npmrc` turns scripts off.)
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'vite';
import { ensureBuild } from './build.ts';
import { ROOT, runNpm } from './tools.ts';

const FOLDER = join(ROOT, '.cache/package');
const NAME = 'folio-bert';

/** Of package.json, what an installed package has too. */
const KEPT = ['version', 'description', 'license', 'type', 'engines', 'peerDependencies', 'peerDependenciesMeta'];

/** The commands as scripts of Node, which stand beside the script of their threads. */
async function buildCommands(): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['@playwright/test', 'webgpu'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir: join(FOLDER, 'bin'),
      rolldownOptions: {
        input: { cli: join(ROOT, 'tools/cli.ts'), webWorker: join(ROOT, 'tools/webWorker.mjs') },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
}

function writeManifest(): void {
  const own = Object.entries(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>);
  const kept = own.filter(([key]) => KEPT.includes(key));
  const manifest = { name: NAME, ...Object.fromEntries(kept), bin: { [NAME]: 'bin/cli.js' } };
  writeFileSync(join(FOLDER, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
await ensureBuild();
await buildCommands();
cpSync(join(ROOT, 'dist'), join(FOLDER, 'dist'), { recursive: true });
for (const name of ['README.md', 'LICENSE']) cpSync(join(ROOT, name), join(FOLDER, name));
writeManifest();
const { code, output } = await runNpm(['pack', FOLDER, ...process.argv.slice(2)], { output: 'keep' });
console.log(code === 0 ? output.trim().split('\n').at(-1) : output);
process.exitCode = code;
