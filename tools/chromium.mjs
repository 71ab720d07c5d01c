/**
 * Finds a Chromium and says how to start it with WebGPU. Plain JavaScript with Node's own modules only, since the
 * set-up runs it before anything is installed.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Names under which Linux distributions put a full Chrome or Chromium on the PATH. */
const PATH_NAMES = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'chrome',
  'microsoft-edge',
];

/**
 * Finds a full Chromium (not `chromium-headless-shell`, which has no WebGPU): the one named by `FOLIO_CHROMIUM`, else the
 * system's, else the one that Playwright downloaded.
 *
 * @returns {string | null} the path of its executable, or null if there is none.
 */
export function findChromium() {
  const named = process.env['FOLIO_CHROMIUM'];
  if (named) return existsSync(named) ? named : null;
  return systemChromium() ?? playwrightChromium();
}

/**
 * Command-line flags under which Chromium, in any headless mode, offers WebGPU on the page and in workers.
 *
 * The tests ask for the software adapter by name, so that they run on the same adapter on every machine, unless
 * `FOLIO_REAL_GPU` is set. Who trains wants the machine's own: then the flags name none, and Linux needs Vulkan on top;
 * where there is no GPU that ends at the software adapter, too. `--no-sandbox` is for root only: Chromium refuses to start
 * otherwise.
 *
 * @param {boolean} realGpu whether to take the machine's own GPU if it has one.
 * @returns {string[]} flags for `launch({ args })`.
 */
export function webgpuFlags(realGpu = Boolean(process.env['FOLIO_REAL_GPU'])) {
  const flags = [
    '--enable-unsafe-webgpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
  ];
  // Zeroing workgroup memory, which our kernels fill before they read it, makes a shader compile twenty times as long there.
  if (!realGpu) flags.push('--use-webgpu-adapter=swiftshader', '--enable-dawn-features=disable_workgroup_init');
  else if (process.platform === 'linux') flags.push('--enable-features=Vulkan', '--ignore-gpu-blocklist');
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  return flags;
}

/** @returns {string | null} the Chrome or Chromium that the system's own installers put in place. */
function systemChromium() {
  return systemPlaces().find((place) => existsSync(place)) ?? null;
}

/** @returns {string[]} where this platform keeps Chrome and Chromium, the likeliest first. */
function systemPlaces() {
  if (process.platform === 'darwin') {
    const apps = ['/Applications', join(process.env['HOME'] ?? '', 'Applications')];
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return apps.flatMap((folder) => names.map((name) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)));
  }
  if (process.platform === 'win32') {
    const { PROGRAMFILES, 'PROGRAMFILES(X86)': programFiles32, LOCALAPPDATA } = process.env;
    const folders = [PROGRAMFILES, programFiles32, LOCALAPPDATA].filter((folder) => folder !== undefined);
    const names = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
    return names.flatMap((name) => folders.map((folder) => join(folder, name)));
  }
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return PATH_NAMES.flatMap((name) => folders.filter((folder) => folder !== '').map((folder) => join(folder, name)));
}

/** @returns {string | null} the full Chromium in Playwright's cache, if Playwright is installed and has downloaded one. */
function playwrightChromium() {
  const require = createRequire(import.meta.url);
  try {
    // Resolved only here: on a fresh clone there is no node_modules yet.
    const path = require('@playwright/test').chromium.executablePath();
    return path && existsSync(path) ? path : null;
  } catch {
    // Not installed, or no build for this platform: both mean that there is none.
    return null;
  }
}
