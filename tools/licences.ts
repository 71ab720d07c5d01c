/**
 * The licences of everything that Folio is built with, from the packages as they are installed: each has to be one under
 * which Folio may be passed on with it. Nothing is asked over the network.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from './tools.ts';

/** Permissive ones, and those of texts and data that come with packages. */
const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
]);

/** Tools that are not passed on, with the licence that they may have beside those: checked by hand. */
const TOOLS: Readonly<Record<string, string>> = {
  // Compiles style sheets at build time; files that it is made of stay under its own licence.
  lightningcss: 'MPL-2.0',
  // Looks for what keeps people out, in tests.
  'axe-core': 'MPL-2.0',
  '@axe-core/playwright': 'MPL-2.0',
  // Reads pictures for a library that Folio only gives text to; installed beside it, never bundled. libvips is a package of
  // its own on some platforms, and on others a part of sharp's.
  '@img/sharp-': 'LGPL-3.0-or-later',
};

/**
 * Whether an SPDX expression leaves a choice that is allowed. @example isAllowed('(MIT OR GPL-3.0)') // true
 *
 * @param name of the package, in case it is one of the tools.
 */
export function isAllowed(expression: string, name = ''): boolean {
  const words = expression.replaceAll(/[()]/g, ' ').trim();
  if (words.includes(' OR ')) return words.split(' OR ').some((choice) => isAllowed(choice, name));
  const own = Object.entries(TOOLS).flatMap(([tool, licence]) => (name.startsWith(tool) ? [licence] : []));
  return words.split(' AND ').every((part) => ALLOWED.has(part.trim()) || own.includes(part.trim()));
}

/** What package.json says, in its newer and its older form. */
export function licenceOf(manifest: unknown): string {
  const { license, licenses } = manifest as { license?: unknown; licenses?: unknown };
  const named = license ?? licenses;
  const names = (Array.isArray(named) ? named : [named]).map((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'type' in entry ? String(entry.type) : String(entry ?? 'none'),
  );
  return names.join(' OR ');
}

/** One line for each installed package whose licence is not allowed. */
function problems(): { readonly checked: number; readonly lines: readonly string[] } {
  const lock: unknown = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const { packages } = lock as { packages: Readonly<Record<string, unknown>> };
  const lines: string[] = [];
  let checked = 0;
  for (const path of Object.keys(packages)) {
    const file = join(ROOT, path, 'package.json');
    // Packages for other platforms are not installed.
    if (path === '' || !existsSync(file)) continue;
    checked += 1;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = licenceOf(JSON.parse(readFileSync(file, 'utf8')));
    if (!isAllowed(licence, name)) lines.push(`${name}: ${licence}`);
  }
  return { checked, lines };
}

if (process.argv[1]?.endsWith('licences.ts')) {
  const { checked, lines } = problems();
  console.log(lines.length === 0 ? `${checked} packages, all allowed` : lines.join('\n'));
  process.exitCode = lines.length === 0 && checked > 0 ? 0 : 1;
}
