/** Finds a Python with the libraries that serve as oracles. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from './tools.ts';

type Search = { readonly python: string } | { readonly missing: string };

/** The first Python that has these modules: the one named, the project's own, the system's. */
export function findPython(modules: readonly string[]): Search {
  const probe = `import importlib.util as u; print(",".join(m for m in ${JSON.stringify(modules)} if u.find_spec(m) is None))`;
  const named = process.env['FOLIO_PYTHON'];
  const own = ['.venv/bin/python', '.venv/Scripts/python.exe'].map((path) => join(ROOT, path)).filter(existsSync);
  const candidates = named ? [named] : [...own, 'python3', 'python'];
  let missing = 'there is no Python';
  for (const python of candidates) {
    const { status, stdout } = spawnSync(python, ['-c', probe], { encoding: 'utf8' });
    if (status !== 0) continue;
    const absent = stdout.trim();
    if (absent === '') return { python };
    missing = `${absent.replaceAll(',', ', ')} not importable by ${python}`;
  }
  return { missing: named && missing === 'there is no Python' ? `FOLIO_PYTHON (${named}) does not run` : missing };
}
