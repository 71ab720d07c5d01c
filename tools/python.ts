/** Finds a Python with the libraries that serve as oracles. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from './tools.ts';

type Search = { readonly python: string } | { readonly missing: string };

/** Says which modules cannot be imported. They are imported and not only looked for, since one may lack what it needs itself. */
const PROBE = `
import importlib, sys
def works(name):
    try:
        importlib.import_module(name)
        return True
    except Exception:
        return False
print(",".join(name for name in sys.argv[1:] if not works(name)))
`;

/** The first Python that has these modules: the one named, the project's own, the system's. */
export function findPython(modules: readonly string[]): Search {
  const named = process.env['FOLIO_PYTHON'];
  const own = ['.venv/bin/python', '.venv/Scripts/python.exe'].map((path) => join(ROOT, path)).filter(existsSync);
  const candidates = named ? [named] : [...own, 'python3', 'python'];
  let nearest: { readonly python: string; readonly absent: readonly string[] } | null = null;
  for (const python of candidates) {
    const { status, stdout } = spawnSync(python, ['-c', PROBE, ...modules], { encoding: 'utf8' });
    if (status !== 0) continue;
    // Libraries may print what they like when they are imported.
    const absent = (stdout.trimEnd().split('\n').at(-1) ?? '').split(',').filter((name) => name !== '');
    if (absent.length === 0) return { python };
    if (nearest === null || absent.length < nearest.absent.length) nearest = { python, absent };
  }
  if (nearest !== null) return { missing: `${nearest.absent.join(', ')} not importable by ${nearest.python}` };
  return { missing: named ? `FOLIO_PYTHON (${named}) does not run` : 'there is no Python' };
}
