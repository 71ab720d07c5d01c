/**
 * `npm run test:python`: trains a small model and has PyTorch's transformers compare what it reads out of the folder with
 * what the page's own engine says. A part that lacks a package is skipped, and says so by name; what ran is what counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Counts, countsLine } from './counts.ts';
import { findPython } from './python.ts';
import { ROOT, runProgram, runScript } from './tools.ts';

const NEEDED = ['torch', 'transformers', 'tokenizers', 'safetensors', 'numpy'];
/** What continuing with Trainer needs on top. */
const TRAINER = 'accelerate';

/** On wasm, whose held-out passes take seconds; the models that others saved are asked on WebGPU. */
const TRAINING = [
  ...['--preset', 'micro', '--steps', '200', '--backend', 'wasm', '--onnx', 'fp32,fp16,q8', '--extras', 'optimizer'],
  // The smallest models have none by default.
  ...['--neighbour-targets', '0.4'],
  // It ends with other weights than those of its last step, which come with the moments.
  ...['--average-decay', '0.9'],
];

/** More threads are several times slower for models of this size; and nothing is to be asked of the Hub. */
const ENVIRONMENT = { OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' };
const CORPUS = join(ROOT, 'public/data/sonnets.txt');
const FAILED: Counts = { passed: 0, failed: 1 };

/** One line for each part that was not checked; told again at the end, where somebody looks. */
const skipped: string[] = [];

function skip(part: string, reason: string): Counts[] {
  skipped.push(`skipped ${part}: ${reason}`);
  return [];
}

/** A check in Python: what passed and failed, from its last line. */
async function check(python: string, script: string, ...args: string[]): Promise<Counts> {
  const command = [join('e2e/python', script), ...args];
  const { code, output } = await runProgram(python, command, { output: 'keep', env: ENVIRONMENT });
  console.log(output.trimEnd());
  skipped.push(...(output.match(/^skipped .*$/gm) ?? []));
  const found = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  const [passed, failed] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 1)];
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** A model that is trained here: in transformers, in onnxruntime, and continuing with Hugging Face's Trainer. */
async function checkOwn(python: string, folder: string): Promise<Counts[]> {
  const [model, cases] = [join(folder, 'model'), join(folder, 'cases.json')];
  const args = ['--corpus', CORPUS, '--out', model, '--cases', cases, ...TRAINING];
  const training = await runScript('cli.ts', ['train', ...args], { output: 'show' });
  if (training.code !== 0) return [FAILED];
  const counts = await check(python, 'checkBundle.py', model, '--cases', cases);
  const found = findPython([...NEEDED, TRAINER]);
  if ('missing' in found) return [counts, ...skip('continuing with Trainer', found.missing)];
  return [counts, await check(found.python, 'checkGoingOn.py', model, CORPUS)];
}

/** Models that Python saved, with other ids, float16 weights and more: opened here, asked, and exported again. */
async function checkForeign(python: string, place: string): Promise<Counts[]> {
  const folder = join(place, 'foreign');
  const command = ['e2e/python/makeForeign.py', folder, CORPUS];
  const made = await runProgram(python, command, { output: 'show', env: ENVIRONMENT });
  if (made.code !== 0) return [FAILED];
  const opened = await runScript('reexport.ts', [folder], { output: 'show' });
  if (opened.code !== 0) return [FAILED];
  return [await check(python, 'checkForeign.py', folder)];
}

async function checkAll(folder: string): Promise<Counts[]> {
  const found = findPython(NEEDED);
  if ('missing' in found) {
    const parts = ['the exported folder in transformers', 'continuing with Trainer', 'models that others saved'];
    return parts.flatMap((part) => skip(part, found.missing));
  }
  console.log(`Python: ${found.python}`);
  return [...(await checkOwn(found.python, folder)), ...(await checkForeign(found.python, folder))];
}

async function testPython(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'folio-python-'));
  try {
    const counts = await checkAll(folder);
    const passed = counts.reduce((sum, suite) => sum + suite.passed, 0);
    const failed = counts.reduce((sum, suite) => sum + suite.failed, 0);
    console.log([...skipped, countsLine({ passed, failed })].join('\n'));
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await testPython();
