/**
 * `npm run test:python`: trains a small model and has PyTorch's transformers compare what it reads out of the folder with
 * what the page's own engine says. Where there is no such Python, it says so by name.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { countsLine } from './counts.ts';
import { ROOT, runProgram, runScript } from './tools.ts';

const NEEDED = ['torch', 'transformers', 'tokenizers', 'safetensors', 'numpy'];
const PROBE = `import importlib.util as u; print(",".join(m for m in ${JSON.stringify(NEEDED)} if u.find_spec(m) is None))`;

/** The software adapter on a slow machine needs a minute or two. */
const TRAINING = ['--preset', 'micro', '--steps', '200', '--backend', 'webgpu', '--onnx', 'fp32,fp16,q8'];

type Search = { readonly python: string } | { readonly missing: string };

/** The first Python that has everything: the one named, the project's own, the system's. */
function findPython(): Search {
  const named = process.env['FOLIO_PYTHON'];
  const own = ['.venv/bin/python', '.venv/Scripts/python.exe'].map((path) => join(ROOT, path)).filter(existsSync);
  const candidates = named ? [named] : [...own, 'python3', 'python'];
  let missing = 'there is no Python';
  for (const python of candidates) {
    const { status, stdout } = spawnSync(python, ['-c', PROBE], { encoding: 'utf8' });
    if (status !== 0) continue;
    const absent = stdout.trim();
    if (absent === '') return { python };
    missing = `${absent.replaceAll(',', ', ')} not importable by ${python}`;
  }
  return { missing: named && missing === 'there is no Python' ? `FOLIO_PYTHON (${named}) does not run` : missing };
}

async function trainAndCheck(python: string, folder: string): Promise<number> {
  const [model, cases] = [join(folder, 'model'), join(folder, 'cases.json')];
  const corpus = join(ROOT, 'public/data/sonnets.txt');
  const args = ['--corpus', corpus, '--out', model, '--cases', cases, ...TRAINING];
  const training = await runScript('train.ts', args, { output: 'show' });
  if (training.code !== 0) {
    console.log(`The training failed.\n${countsLine({ passed: 0, failed: 1 })}`);
    return 1;
  }
  const check = await runProgram(python, ['e2e/python/checkBundle.py', model, '--cases', cases], {
    output: 'show',
    // More threads are several times slower for a model of this size.
    env: { OMP_NUM_THREADS: '1' },
  });
  return check.code;
}

async function testPython(): Promise<number> {
  const found = findPython();
  if ('missing' in found) {
    console.log(`test:python skipped: ${found.missing}\n${countsLine({ passed: 0, failed: 0 })}`);
    return 0;
  }
  console.log(`Python: ${found.python}`);
  const folder = mkdtempSync(join(tmpdir(), 'folio-python-'));
  try {
    return await trainAndCheck(found.python, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await testPython();
