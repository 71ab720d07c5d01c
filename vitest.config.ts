/**
 * Three projects: `unit` runs in Node, `gpu` in real Chromium on a real WebGPU adapter, `interop` runs the built page
 * through the command line and hands its files to other libraries.
 */
import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findChromium, webgpuFlags } from './src/cli/chromium.mjs';
import { cpuKernels } from './src/cli/compileKernels.ts';

const executablePath = findChromium();

// React as it is built for users: its development build takes five times as long to draw a chart, and is not what is shipped.
process.env['NODE_ENV'] = 'production';

export default defineConfig({
  plugins: [cpuKernels()],
  server: {
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts'],
          exclude: ['src/**/*.gpu.test.ts'],
          // Style sheets that are read as text are parts of files that are saved.
          css: { include: /\.css\?raw$/ },
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        optimizeDeps: {
          include: [
            '@tensorflow/tfjs',
            '@tensorflow/tfjs-backend-webgpu',
            '@tensorflow/tfjs-backend-wasm',
            // Named one by one, or the first test that imports them reloads the page in the middle of a run.
            'client-zip',
            'hash-wasm',
            '@zip.js/zip.js/lib/zip-core-native.js',
            'idb-keyval',
            'valibot',
            'react',
            'react/jsx-runtime',
            'react-dom',
            'react-dom/client',
            'recharts',
            '@mantine/core',
            '@mantine/hooks',
          ],
        },
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          testTimeout: 300_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            // On a busy machine Vite takes a while to find the dependencies before the browser gets its page.
            connectTimeout: 240_000,
            provider: playwright({
              launchOptions: { ...(executablePath === null ? {} : { executablePath }), args: webgpuFlags() },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          environment: 'node',
          include: ['e2e/interop/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
