/**
 * End-to-end tests: a person's clicks on the built page, in real Chromium with WebGPU. `npm test` runs the journeys,
 * `npm run test:long` the long ones.
 */
import process from 'node:process';
import { defineConfig } from '@playwright/test';
import { freePort } from './e2e/freePort.ts';
import { findChromium, webgpuFlags } from './tools/chromium.mjs';

// `npm start` may be running beside the tests. Playwright reads this file again in every worker process, and they have to agree.
process.env['FOLIO_E2E_PORT'] ??= String(await freePort());
const port = process.env['FOLIO_E2E_PORT'];
const executablePath = findChromium();

export default defineConfig({
  // One worker: two trainings on one machine slow each other down to their time limits.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  // Last limits, for a machine that has much else to do.
  timeout: 900_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
  projects: [
    { name: 'journeys', testDir: 'e2e/journeys' },
    { name: 'long', testDir: 'e2e/long' },
  ],
  snapshotPathTemplate: 'e2e/snapshots/{arg}{ext}',
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    headless: true,
    viewport: { width: 1280, height: 900 },
    actionTimeout: 60_000,
    // Each journey starts from the network; offline.spec.ts is about the copy on the device, and allows it.
    serviceWorkers: 'block',
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { ...(executablePath === null ? {} : { executablePath }), args: webgpuFlags() },
  },
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --strictPort --port ${port}`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    timeout: 300_000,
  },
});
