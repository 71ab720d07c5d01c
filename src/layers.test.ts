/** Reads every import under src/, tools/ and test/ and fails on one that the table in docs/DESIGN.md, section 2, forbids. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';

/** Path from the root of the project, with forward slashes, to the file's text. */
type Sources = ReadonlyMap<string, string>;

interface Reference {
  readonly specifier: string;
  readonly kind: 'import' | 'type' | 'worker';
}

/** What may import what, types included. Of the worker everybody may have the types; see {@link TYPES_OF_WORKER}. */
const ALLOWED = {
  core: ['core'],
  model: ['model', 'core'],
  text: ['text', 'core'],
  files: ['files', 'text', 'model', 'core'],
  compute: ['compute', 'model', 'text', 'core'],
  rpc: ['rpc', 'core'],
  client: ['client', 'rpc', 'files', 'core'],
  worker: ['worker', 'rpc', 'compute', 'files', 'model', 'text', 'core'],
  state: ['state', 'client', 'files', 'model', 'text', 'core'],
  view: ['view', 'state', 'files', 'model', 'text', 'core'],
  tools: ['tools', 'rpc', 'files', 'text', 'core'],
  test: ['test', 'core', 'model', 'text', 'files', 'compute', 'state', 'view'],
  main: ['client', 'state', 'view', 'core'],
  headless: ['client', 'core'],
  serviceWorker: [],
  layersTest: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Layer = keyof typeof ALLOWED;

/** The page infers what it may ask from the functions that answer it, and imports nothing of them. */
const TYPES_OF_WORKER: readonly Layer[] = ['client', 'state', 'view', 'tools', 'test'];

/** Which layer a file belongs to: the first pattern that it matches. */
const LAYERS: readonly (readonly [RegExp, Layer])[] = [
  [/^src\/studio\/rpc(\.test)?\.ts$/, 'rpc'],
  [/^src\/studio\/client(\.(\w+\.)?gpu\.test)?\.ts$/, 'client'],
  [/^src\/studio\/(worker\/|events\.ts$)|^src\/steps\/\w+\/(\w+(Commands|Worker)|verifyReport)\.ts$/, 'worker'],
  [/^src\/studio\/page\/|^src\/steps\/\w+\/\w+State(\.test)?\.ts$/, 'state'],
  [/^src\/(app|charts|design|steps)\//, 'view'],
  [/^src\/layers\.test\.ts$/, 'layersTest'],
  [/^tools\//, 'tools'],
  [/^test\//, 'test'],
];

/** Packages that only some files may name. */
const PACKAGE_RULES: readonly { readonly name: string; readonly matches: RegExp; readonly allowed: RegExp }[] = [
  {
    name: 'tfjs',
    matches: /^@tensorflow\//,
    allowed: /^test\/|^src\/(compute\/|studio\/(worker\/)?(worker|.*\.gpu\.test)\.ts$)/,
  },
  {
    name: 'React',
    matches: /^(react|react-dom|react-dropzone|@mantine\/[^/]+)(\/|$)/,
    allowed: /^src\/((app|charts|design|steps)\/|studio\/page\/use|main\.tsx$)/,
  },
  { name: 'recharts', matches: /^recharts(\/|$)/, allowed: /^src\/charts\// },
  { name: 'zustand', matches: /^zustand(\/|$)/, allowed: /^src\/(studio\/page\/|steps\/\w+\/\w+State\.ts$)/ },
  {
    name: 'Transformers.js',
    matches: /^(@huggingface\/transformers|onnxruntime-web)(\/|$)/,
    allowed: /^src\/steps\/export\/verifyWorker\.ts$/,
  },
  { name: 'workbox', matches: /^workbox-/, allowed: /^src\/serviceWorker\.ts$/ },
  {
    name: 'Node and the tools',
    matches:
      /^(node:|(vite|vitest|tsx|semver|fflate|fast-check|@playwright\/test|@huggingface\/tokenizers|onnxruntime-node)(\/|$))/,
    allowed: /^(tools|test)\/|\.test\.tsx?$/,
  },
];

function layerOf(path: string): Layer | null {
  const own = /^src\/(main|headless|serviceWorker|core|model|text|files|compute)[./]/.exec(path)?.[1] as
    | Layer
    | undefined;
  return own ?? LAYERS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Every node of a syntax tree. */
function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

const literal = (node: unknown): string | null =>
  isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null;

/** The address in `new Worker(new URL('./worker.ts', import.meta.url))`, or null if `node` is something else. */
function workerAddress(node: Node): string | null {
  if (node.type !== 'NewExpression' || !isNode(node['callee'])) return null;
  const name = node['callee']['name'];
  if (name !== 'Worker' && name !== 'SharedWorker') return null;
  const [url] = node['arguments'] as unknown[];
  if (!isNode(url) || url.type !== 'NewExpression') return null;
  return literal((url['arguments'] as unknown[])[0]);
}

/** Everything that a file names: static, type-only, dynamic and re-exported imports, import types, and workers. */
function referencesOf(path: string, text: string): Reference[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} can't be parsed: ${errors[0]?.message}`);
  const found: Reference[] = [];
  for (const node of walk(program as unknown as Node)) {
    const address = workerAddress(node);
    if (address !== null) found.push({ specifier: address, kind: 'worker' });
    if (!/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$|^TSImportType$/.test(node.type)) continue;
    if (!isNode(node['source'])) continue;
    const typeOnly = node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type';
    found.push({ specifier: literal(node['source']) ?? '(computed)', kind: typeOnly ? 'type' : 'import' });
  }
  return found;
}

/** Why a reference is forbidden, or null if it is not. */
function complaint(path: string, reference: Reference): string | null {
  const from = layerOf(path);
  if (from === null) return 'the file belongs to no layer';
  return reference.specifier.startsWith('.')
    ? fileComplaint(path, from, reference)
    : packageComplaint(path, from, reference);
}

function packageComplaint(path: string, from: Layer, { specifier }: Reference): string | null {
  if (specifier === '(computed)' && from !== 'tools') return 'its address is computed, so nobody can check it';
  const rule = PACKAGE_RULES.find(({ matches }) => matches.test(specifier));
  return rule && !rule.allowed.test(path) ? `${rule.name} may not be used here` : null;
}

function fileComplaint(path: string, from: Layer, { specifier, kind }: Reference): string | null {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier.replace(/\?.*$/, '')));
  // The bundle names the version of Folio that wrote it.
  if (target === 'package.json')
    return from === 'worker' || from === 'files' ? null : 'only the worker and files/ read package.json';
  const isTest = /^test\/|\.test\.tsx?$/.test(path);
  if (!/^(src|tools)\//.test(target)) return isTest ? null : 'only tests import what is outside of src/ and tools/';
  if (kind === 'worker') {
    const isClient = from === 'client' && /^src\/(studio\/worker|steps\/\w+)\/\w*[wW]orker\.ts$/.test(target);
    const isThread = path === 'src/compute/wasm/threads.ts' && target === 'src/compute/wasm/threadWorker.ts';
    return isClient || isThread ? null : 'only studio/client.ts and compute/wasm/threads.ts start workers';
  }
  const to = layerOf(target);
  const isType = kind === 'type' && (to === 'worker' || to === 'client') && TYPES_OF_WORKER.includes(from);
  if (isType || (to !== null && (ALLOWED[from] as readonly Layer[]).includes(to))) return null;
  return `${from} may not import ${to ?? 'what belongs to no layer'}`;
}

/** One line for every forbidden import. */
function violations(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) =>
    referencesOf(path, text).flatMap((reference) => {
      const reason = complaint(path, reference);
      return reason === null ? [] : [`${path} → ${reference.specifier}: ${reason}`];
    }),
  );
}

function readSources(): Sources {
  const root = join(import.meta.dirname, '..');
  const paths = ['src', 'tools', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      `${folder}/${path}`.replaceAll('\\', '/'),
    ),
  );
  return new Map(
    paths.filter((path) => /\.(tsx?|mjs)$/.test(path)).map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
}

describe('the layers', () => {
  test('no file has a forbidden import', () => {
    const sources = readSources();
    expect(sources.size).toBeGreaterThan(20);
    expect(violations(sources)).toEqual([]);
  });

  test('no two files have one name, but for backends of one thing', () => {
    const names = [...readSources().keys()]
      .filter((path) => /^src\/(?!compute\/)/.test(path))
      .map((path) => posix.basename(path));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test.each([
    ['src/core/a.ts', `import { x } from '../model/graph.ts';`, 'core may not import model'],
    ['src/text/a.ts', `import { x } from '../compute/model/robertaModel.ts';`, 'text may not import compute'],
    ['src/model/a.ts', `import type { X } from '../studio/rpc.ts';`, 'model may not import rpc'],
    ['src/files/a.ts', `import { x } from '../studio/worker/session.ts';`, 'files may not import worker'],
    ['src/core/a.ts', `import { readFileSync } from 'node:fs';`, 'Node and the tools may not be used here'],
    ['src/core/a.ts', `import { type X } from 'react';`, 'React may not be used here'],
    ['src/compute/a.ts', `import { state } from '../studio/worker/session.ts';`, 'compute may not import worker'],
    ['src/compute/a.ts', `export * from '../studio/page/studio.ts';`, 'compute may not import state'],
    ['src/studio/rpc.ts', `import type { A } from './worker/session.ts';`, 'rpc may not import worker'],
    ['src/studio/client.ts', `import './worker/worker.ts';`, 'client may not import worker'],
    ['src/studio/client.ts', `import type { T } from '../compute/backend.ts';`, 'client may not import compute'],
    ['src/studio/worker/a.ts', `import * as tf from '@tensorflow/tfjs';`, 'tfjs may not be used here'],
    ['src/studio/worker/a.ts', `import { client } from '../client.ts';`, 'worker may not import client'],
    ['src/steps/train/trainCommands.ts', `import { s } from './trainState.ts';`, 'worker may not import state'],
    [
      'src/steps/train/trainState.ts',
      `const m = await import('../../compute/backend.ts');`,
      'state may not import compute',
    ],
    ['src/steps/train/trainState.ts', `import { V } from './TrainStep.tsx';`, 'state may not import view'],
    ['src/studio/page/a.ts', `import { useState } from 'react';`, 'React may not be used here'],
    ['src/studio/page/a.ts', `import { type commands } from '../worker/commands.ts';`, 'state may not import worker'],
    [
      'src/steps/test/A.tsx',
      `const a = <b>{1}</b>; let p: import('../../compute/backend.ts').Page;`,
      'view may not import compute',
    ],
    ['src/steps/test/A.tsx', `import { testCommands } from './testCommands.ts';`, 'view may not import worker'],
    [
      'src/steps/test/A.tsx',
      `import { createEngineClient } from '../../studio/client.ts';`,
      'view may not import client',
    ],
    ['src/steps/test/A.tsx', `import { create } from 'zustand';`, 'zustand may not be used here'],
    [
      'src/app/A.tsx',
      `new Worker(new URL('../studio/worker/worker.ts', import.meta.url));`,
      'only studio/client.ts and compute/wasm/threads.ts start workers',
    ],
    ['src/app/A.tsx', `import(name);`, 'its address is computed, so nobody can check it'],
    ['src/main.tsx', `import { session } from './studio/worker/session.ts';`, 'main may not import worker'],
    ['src/headless.ts', `import { App } from './app/App.tsx';`, 'headless may not import view'],
    ['src/studio/page/a.ts', `import { precache } from 'workbox-precaching';`, 'workbox may not be used here'],
    ['src/serviceWorker.ts', `import { x } from './core/rng.ts';`, 'serviceWorker may not import core'],
    ['tools/a.ts', `import { commands } from '../src/studio/worker/commands.ts';`, 'tools may not import worker'],
    ['src/core/a.ts', `import { run } from '../../tools/train.ts';`, 'core may not import tools'],
    ['src/util/a.ts', `import { x } from '../core/rng.ts';`, 'the file belongs to no layer'],
    ['src/core/a.ts', `import x from '../../e2e/x.ts';`, 'only tests import what is outside'],
    ['src/core/a.ts', `import x from '../../test/tensors.ts';`, 'only tests import what is outside'],
    ['test/a.ts', `import x from '../src/studio/worker/session.ts';`, 'test may not import worker'],
  ])('a violation planted in %s is caught: %s', (path, text, reason) => {
    expect(violations(new Map([[path, text]]))).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    [
      'src/studio/client.ts',
      `import type { A } from './worker/commands.ts'; new Worker(new URL('./worker/worker.ts', import.meta.url));`,
    ],
    ['src/core/a.test.ts', `import x from '../../test/tensors.ts'; import { test } from 'vitest';`],
    ['test/a.ts', `import x from './compute/backend.ts'; import { expect } from 'vitest';`],
    ['src/studio/worker/worker.ts', `import '@tensorflow/tfjs'; import { b } from '../../compute/backend.ts';`],
    ['src/steps/train/trainCommands.ts', `import { b } from '../../compute/backend.ts';`],
    ['tools/train.ts', `import type { Command } from '../src/studio/client.ts'; import process from 'node:process';`],
    [
      'src/charts/A.tsx',
      `import { useElementSize } from '@mantine/hooks'; import type { A } from '../steps/train/trainCommands.ts';`,
    ],
    ['src/core/a.ts', `// import x from 'react'\nconst s = "import x from 'react'"; import * as v from 'valibot';`],
  ])('what is allowed in %s passes', (path, text) => {
    expect(violations(new Map([[path, text]]))).toEqual([]);
  });
});

/** Files and folders of the project that a page names in backquotes: with a path, from `src/` or the root on, or by name. */
function namedPaths(page: string): string[] {
  const quoted = [...page.matchAll(/`([\w./-]+)`/g)].map(([, path = '']) => path);
  return quoted.filter((path) => /\.(tsx?|css|mjs|py|md)$/.test(path) || /^[a-z]+\/[\w/]+\/?$/.test(path));
}

describe.each(['ARCHITECTURE.md', 'docs/DESIGN.md'])('%s', (page) => {
  const root = join(import.meta.dirname, '..');
  const files = ['src', 'tools', 'test', 'e2e', 'docs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      `/${folder}/${path}`.replaceAll('\\', '/'),
    ),
  );

  test('names files and folders that are there', () => {
    const named = namedPaths(readFileSync(join(root, page), 'utf8'));
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter((path) => {
      const end = `/${path.replace(/\/$/, '')}`;
      return !files.some((file) => file.endsWith(end) || file.endsWith(`${end}.ts`));
    });
    expect(missing).toEqual([]);
  });
});

test('paths are told from other words in backquotes', () => {
  const page =
    '`model/roberta.ts`, `rows.ts`, `compute/wasm/`, `text/batches`, `npm test`, `[B, T]`, `steps/…/`, `hidden_size`';
  expect(namedPaths(page)).toEqual(['model/roberta.ts', 'rows.ts', 'compute/wasm/', 'text/batches']);
});
