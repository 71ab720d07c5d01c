/** Builds the page where its sources are newer than what `dist/` holds. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, ROOT, runTool } from './tools.ts';

/** What the built page is made of. */
const SOURCES = [
  ...['src', 'public', 'index.html', 'headless.html', 'vite.config.ts', 'package-lock.json'],
  ...['compileKernels', 'securityPolicy', 'preloadFonts', 'offline'].map((plugin) => `tools/${plugin}.ts`),
];
/** Written last by a build. */
const STAMP = 'dist/.vite/manifest.json';

/** Tests are no part of the page. */
const IRRELEVANT = /\.test\.tsx?$/;

/** Whether `dist/` is missing or older than a source. */
export function buildIsStale(root = ROOT): boolean {
  // A package that was installed has the page and none of its sources.
  if (!existsSync(join(root, 'src'))) return false;
  const stamp = join(root, STAMP);
  if (!existsSync(stamp) || !existsSync(join(root, 'dist/index.html'))) return true;
  const builtMs = statSync(stamp).mtimeMs;
  return SOURCES.flatMap((source) => filesUnder(root, source)).some(
    (path) => !IRRELEVANT.test(path) && statSync(join(root, path)).mtimeMs > builtMs,
  );
}

function filesUnder(root: string, path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return filesIn(full).map((file) => `${path}/${file}`);
}

/**
 * Builds the page if it has to be; says so on standard error.
 * @throws Error with the build's own words if it fails.
 */
export async function ensureBuild(): Promise<void> {
  if (!buildIsStale()) return;
  console.error('Building the page …');
  const { code, output } = await runTool('vite', ['build', '--logLevel', 'warn'], { output: 'keep' });
  if (code !== 0) throw new Error(`The page could not be built.\n${output}`);
}
