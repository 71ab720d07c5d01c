/** Build and development server. Both pages are served cross-origin isolated, so that wasm threads can be had. */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { cpuKernels } from './tools/compileKernels.ts';
import { offline } from './tools/offline.ts';
import { preloadFonts } from './tools/preloadFonts.ts';
import { ISOLATION_HEADERS, SECURITY_HEADER, securityPolicy } from './tools/securityPolicy.ts';

export default defineConfig({
  // Relative addresses: `dist/` can be copied under any path of a static host.
  base: './',
  plugins: [react(), cpuKernels(), securityPolicy(), preloadFonts(), offline()],
  // What the lazy steps and the worker need, too: found later, it would reload the page in the middle of a run.
  optimizeDeps: { entries: ['index.html', 'headless.html', 'src/{app,steps}/**/*.tsx', 'src/studio/worker/worker.ts'] },
  worker: { format: 'es', plugins: () => [cpuKernels()] },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: { ...ISOLATION_HEADERS, ...SECURITY_HEADER } },
  build: {
    target: 'es2023',
    manifest: true,
    // A font inside of a style sheet would need an exception in the content-security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        main: resolve(import.meta.dirname, 'index.html'),
        headless: resolve(import.meta.dirname, 'headless.html'),
      },
    },
  },
});
