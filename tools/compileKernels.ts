/**
 * Compiles the processor's kernels (`src/compute/wasm/assembly`, AssemblyScript) for Vite: `virtual:cpu-kernels/relaxed` and
 * `virtual:cpu-kernels/simd` are modules whose default export is the WebAssembly binary in base64.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const FOLDER = resolve(import.meta.dirname, '../src/compute/wasm/assembly');
const CACHE = resolve(import.meta.dirname, '../node_modules/.cache/folio-kernels');
const PREFIX = 'virtual:cpu-kernels/';

/** What sets the variants apart. `relaxed` multiplies and adds in one rounding; not every browser has it. */
const FEATURES: Readonly<Record<string, readonly string[]>> = { relaxed: ['--enable', 'relaxed-simd'], simd: [] };

/** Shared memory of up to 4 GiB, given by whoever instantiates the module. No runtime: kernels allocate nothing. */
const OPTIONS = [
  ...['--runtime', 'stub', '--importMemory', '--sharedMemory', '--maximumMemory', '65536'],
  ...['-O3', '--noAssert', '--enable', 'simd', '--enable', 'threads', '--disableWarning', '112'],
];

/** The plugin for Vite and Vitest. */
export function cpuKernels(): Plugin {
  return {
    name: 'folio-cpu-kernels',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      for (const name of sourceNames()) this.addWatchFile(join(FOLDER, name));
      const binary = await compileKernels(id.slice(PREFIX.length + 1));
      return `export default ${JSON.stringify(binary.toString('base64'))};`;
    },
  };
}

function sourceNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

/**
 * Compiles one variant, or takes it from the cache if nothing changed.
 * @throws Error with the compiler's words if it fails
 */
async function compileKernels(variant: string): Promise<Buffer> {
  const features = FEATURES[variant];
  if (features === undefined) throw new Error(`no variant ${variant} of the processor's kernels`);
  const compiler = createRequire(import.meta.url)('assemblyscript/package.json') as { version: string };
  const hash = createHash('sha256')
    .update(compiler.version)
    .update([...OPTIONS, ...features].join(' '));
  for (const name of sourceNames()) hash.update(name).update(readFileSync(join(FOLDER, name)));
  const cached = join(CACHE, `${hash.digest('hex')}.wasm`);
  try {
    return readFileSync(cached);
  } catch {
    const binary = await compile(features);
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(cached, binary);
    return binary;
  }
}

async function compile(features: readonly string[]): Promise<Buffer> {
  // Only here: reading 14 MB of compiler takes seconds, and every command that serves the page reads this file.
  const { default: asc } = await import('assemblyscript/asc');
  let binary: Uint8Array | null = null;
  const arguments_ = ['exports.ts', '--outFile', 'kernels.wasm', '--baseDir', FOLDER, ...OPTIONS, ...features];
  const { error, stderr } = await asc.main(arguments_, {
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = contents;
    },
  });
  if (error !== null || binary === null) throw new Error(`AssemblyScript: ${error?.message}\n${stderr.toString()}`);
  if (hasData(binary)) throw new Error('The kernels must not have data in memory: the engine owns every byte of it.');
  return Buffer.from(binary);
}

/** Whether a WebAssembly binary has a data section. Source: WebAssembly core specification, section 5.5. */
function hasData(binary: Uint8Array): boolean {
  let at = 8; // magic number and version
  while (at < binary.length) {
    if (binary[at] === 11) return true;
    let size = 0;
    let shift = 0;
    do {
      at++;
      size |= ((binary[at] ?? 0) & 0x7f) << shift;
      shift += 7;
    } while (((binary[at] ?? 0) & 0x80) !== 0);
    at += 1 + size;
  }
  return false;
}
