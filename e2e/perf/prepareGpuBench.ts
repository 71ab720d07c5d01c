/** Makes the folder that measures a graphics card: Folio's engine, Dawn, Node and PyTorch's side, and nothing of the clone. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build, type InlineConfig } from 'vite';
import { cpuKernels } from '../../tools/compileKernels.ts';
import { ROOT } from '../../tools/tools.ts';

const HERE = import.meta.dirname;
const DAWN = join(ROOT, 'node_modules/webgpu');

/** Node is unpacked where it is used: packed it is a quarter. */
const RUN = `#!/usr/bin/env bash
# bash run.sh [--seconds N] [--peak TFLOPS] [--shape NAME]; about five minutes. VK_DRIVER_FILES names another Vulkan driver.
set -euo pipefail
cd "$(dirname "$0")"
[ -e node ] || xz -dk node.xz
chmod +x node
nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null || true
./node run.js "$@"
`;

const common: InlineConfig = {
  root: HERE,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  plugins: [cpuKernels()],
};

/** @throws Error with a sentence where Dawn is not installed */
export async function prepareGpuBench(folder: string): Promise<void> {
  if (!existsSync(DAWN)) throw new Error('WebGPU in Node is the package webgpu: npm install --no-save webgpu@0.6.2');
  rmSync(folder, { recursive: true, force: true });
  const output = { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' };
  const workers = { folioWorker: join(HERE, 'folioWorker.ts'), parityWorker: join(HERE, 'parityWorker.ts') };
  await build({
    ...common,
    base: './',
    worker: { format: 'es', plugins: () => [cpuKernels()] },
    build: { target: 'es2023', outDir: folder, assetsInlineLimit: 0, rolldownOptions: { input: workers, output } },
  });
  await build({
    ...common,
    ssr: { noExternal: true, external: ['webgpu'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: {
        input: { run: join(HERE, 'gpuBench.ts'), webWorker: join(ROOT, 'tools/webWorker.mjs') },
        output: { ...output, chunkFileNames: 'node-[name].js' },
      },
    },
  });
  const platform = `dist/${process.platform}-${process.arch}`;
  const dawn = join(folder, 'node_modules/webgpu');
  mkdirSync(dawn, { recursive: true });
  for (const path of ['package.json', 'index.js', platform])
    cpSync(join(DAWN, path), join(dawn, path), { recursive: true });
  copyFileSync(join(ROOT, 'e2e/python/gpuBench.py'), join(folder, 'gpuBench.py'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, 'run.sh'), RUN);
  const node = join(folder, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  execFileSync('xz', ['-T0', '-3', '-f', node]);
}
