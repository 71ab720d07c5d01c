/**
 * `npm run test:python`: trains a small model and has PyTorch's transformers compare what it reads out of the folder with
 * what the page's own engine says. Where there is no such Python, it says so by name.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { countsLine } from './counts.ts';
import { findPython } from './python.ts';
import { ROOT, runProgram, runScript } from './tools.ts';

const NEEDED = ['torch', 'transformers', 'tokenizers', 'safetensors', 'numpy'];

/** The software adapter on a slow machine needs a minute or two. */
const TRAINING = ['--preset', 'micro', '--steps', '200', '--backend', 'webgpu', '--onnx', 'fp32,fp16,q8'];

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
  const found = findPython(NEEDED);
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
