/**
 * The projects: `unit` runs in Node, `gpu` in real Chromium on a real WebGPU adapter, `interop` runs the built page through
 * the command line and hands its files to other libraries. `gpu-long` is what takes too long for every change, of
 * `npm run test:long`.
 */
import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findChromium, webgpuFlags } from './tools/chromium.mjs';
import { cpuKernels } from './tools/compileKernels.ts';

const executablePath = findChromium();

// React as it is built for users: its development build takes five times as long to draw a chart, and is not what is shipped.
process.env['NODE_ENV'] = 'production';

/** Nothing is said about speed by these: they end what hangs, on a machine as busy as may be. */
const HANGS = { testTimeout: 300_000, hookTimeout: 300_000 } as const;

interface TestPage {
  readonly name: string;
  readonly include: string[];
  readonly exclude?: string[];
}

/** Tests in pages of Chromium, which run side by side. */
function browserProject(name: string, pages: readonly TestPage[]) {
  return {
    extends: true as const,
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
      name,
      ...HANGS,
      fileParallelism: false,
      // One page, and so one device, for all files: the software adapter spends most of its time compiling shaders, which a
      // device keeps.
      isolate: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        // On a busy machine Vite takes a while to find the dependencies before the browser gets its page.
        connectTimeout: 240_000,
        provider: playwright({
          launchOptions: { ...(executablePath === null ? {} : { executablePath }), args: webgpuFlags() },
        }),
        instances: pages.map((page) => ({ browser: 'chromium' as const, ...page })),
      },
    },
  };
}

export default defineConfig({
  plugins: [cpuKernels()],
  // Files are still served from the source's places, which the worker asks about.
  define: { 'import.meta.env.DEV': 'true', 'import.meta.env.PROD': 'false' },
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
          include: ['{src,tools}/**/*.test.ts', 'e2e/cases/*.test.ts'],
          exclude: ['**/*.gpu.test.ts'],
          // Style sheets that are read as text are parts of files that are saved.
          css: { include: /\.css\?raw$/ },
          ...HANGS,
        },
      },
      // Workers compute on the processor, the other tests on the software adapter, which compiles on one core.
      browserProject('gpu', [
        { name: 'gpu (workers)', include: ['src/studio/client*.gpu.test.ts'] },
        {
          name: 'gpu (page)',
          include: ['{src,tools}/**/*.gpu.test.ts'],
          exclude: ['src/studio/client*.gpu.test.ts', 'src/**/*.long.gpu.test.ts'],
        },
      ]),
      browserProject('gpu-long', [{ name: 'gpu-long (page)', include: ['src/**/*.long.gpu.test.ts'] }]),
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
      {
        extends: true,
        test: { name: 'browsers', environment: 'node', include: ['e2e/browsers/**/*.test.ts'], ...HANGS },
      },
    ],
  },
});
