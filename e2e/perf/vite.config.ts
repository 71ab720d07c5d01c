/** Builds the benchmark's page, apart from Folio's own. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { cpuKernels } from '../../tools/compileKernels.ts';

const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  plugins: [cpuKernels()],
  worker: { format: 'es', plugins: () => [cpuKernels()] },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2023',
    outDir: resolve(import.meta.dirname, '../../node_modules/.cache/folio-bench'),
    emptyOutDir: true,
    chunkSizeWarningLimit: 4000,
    minify: false,
  },
});
