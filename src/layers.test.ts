/** Reads every import under src/ and fails on one that the table in docs/DESIGN.md, section 2, forbids. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';

/** Path relative to src/, with forward slashes, to the file's text. */
type Sources = ReadonlyMap<string, string>;

interface Reference {
  readonly specifier: string;
  readonly kind: 'import' | 'type' | 'worker';
}

type Layer =
  | 'core'
  | 'ml'
  | 'engine'
  | 'protocol'
  | 'client'
  | 'store'
  | 'ui'
  | 'cli'
  | 'main'
  | 'headless'
  | 'serviceWorker'
  | 'layersTest';

/** Who may import whom. No exception for type-only imports, but `cli` may only have the protocol's types. */
const ALLOWED: Readonly<Record<Layer, readonly Layer[]>> = {
  core: ['core'],
  ml: ['ml', 'core'],
  engine: ['engine', 'protocol', 'ml', 'core'],
  protocol: ['protocol', 'core'],
  client: ['client', 'protocol', 'core'],
  store: ['store', 'client', 'protocol', 'core'],
  ui: ['ui', 'store', 'core'],
  cli: ['cli', 'core', 'protocol'],
  main: ['client', 'store', 'ui', 'core'],
  headless: ['client', 'core'],
  serviceWorker: [],
  layersTest: [],
};

/** Packages that only some files may name. `tests` may also have the packages of their own tooling. */
const PACKAGE_RULES: readonly { readonly name: string; readonly matches: RegExp; readonly allowed: RegExp }[] = [
  { name: 'tfjs', matches: /^@tensorflow\//, allowed: /^(ml\/|engine\/worker\.ts$|engine\/.*\.gpu\.test\.ts$)/ },
  { name: 'React', matches: /^(react|react-dom|react-dropzone|@mantine\/[^/]+)(\/|$)/, allowed: /^(ui\/|main\.tsx$)/ },
  { name: 'recharts', matches: /^recharts(\/|$)/, allowed: /^ui\/charts\// },
  { name: 'zustand', matches: /^zustand(\/|$)/, allowed: /^store\// },
  {
    name: 'Transformers.js',
    matches: /^(@huggingface\/transformers|onnxruntime-web)(\/|$)/,
    allowed: /^engine\/verifyWorker\.ts$/,
  },
  { name: 'workbox', matches: /^workbox-/, allowed: /^serviceWorker\.ts$/ },
  {
    name: 'Node and the tools',
    matches:
      /^(node:|(vite|vitest|tsx|semver|fflate|fast-check|@playwright\/test|@huggingface\/tokenizers|onnxruntime-node)(\/|$))/,
    // Helpers of tests are named testSomething.ts or something.testing.ts.
    allowed: /^cli\/|\.test\.tsx?$|\/test[A-Z]\w*\.ts$|\.testing\.ts$/,
  },
];

function layerOf(path: string): Layer | null {
  if (path === 'engine/protocol.ts') return 'protocol';
  if (/^engine\/client(\.(\w+\.)?gpu\.test)?\.ts$/.test(path)) return 'client';
  if (path === 'main.tsx') return 'main';
  if (path === 'headless.ts') return 'headless';
  if (path === 'serviceWorker.ts') return 'serviceWorker';
  if (path === 'layers.test.ts') return 'layersTest';
  const folder = path.split('/')[0];
  return (['core', 'ml', 'engine', 'store', 'ui', 'cli'] as const).find((layer) => layer === folder) ?? null;
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
function complaint(path: string, { specifier, kind }: Reference): string | null {
  const from = layerOf(path);
  if (from === null) return 'the file belongs to no layer';
  if (!specifier.startsWith('.')) {
    const rule = PACKAGE_RULES.find(({ matches }) => matches.test(specifier));
    if (specifier === '(computed)' && from !== 'cli') return 'its address is computed, so nobody can check it';
    return rule && !rule.allowed.test(path) ? `${rule.name} may not be used here` : null;
  }
  const target = posix.normalize(posix.join(posix.dirname(path), specifier.replace(/\?.*$/, '')));
  // The bundle names the version of Folio that wrote it.
  if (target === '../package.json') return from === 'engine' ? null : 'only the engine reads package.json';
  if (target.startsWith('../')) return /\.test(ing)?\.tsx?$/.test(path) ? null : 'it leaves src/';
  if (kind === 'worker') {
    const isClient = from === 'client' && /^engine\/\w*[wW]orker\.ts$/.test(target);
    const isThread = path === 'ml/cpu/threads.ts' && target === 'ml/cpu/threadWorker.ts';
    return isClient || isThread ? null : 'only engine/client.ts and ml/cpu/threads.ts start workers';
  }
  const to = layerOf(target);
  if (to === null || !ALLOWED[from].includes(to)) return `${from} may not import ${to ?? 'what belongs to no layer'}`;
  return from === 'cli' && to === 'protocol' && kind !== 'type' ? 'cli may import only types of the protocol' : null;
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
  const folder = import.meta.dirname;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return new Map(
    paths.filter((path) => /\.(tsx?|mjs)$/.test(path)).map((path) => [path, readFileSync(`${folder}/${path}`, 'utf8')]),
  );
}

describe('the layers', () => {
  test('no file under src/ has a forbidden import', () => {
    const sources = readSources();
    expect(sources.size).toBeGreaterThan(20);
    expect(violations(sources)).toEqual([]);
  });

  test.each([
    ['core/a.ts', `import { x } from '../ml/model/roberta.ts';`, 'core may not import ml'],
    ['core/a.ts', `import type { X } from '../engine/protocol.ts';`, 'core may not import protocol'],
    ['core/a.ts', `import { readFileSync } from 'node:fs';`, 'Node and the tools may not be used here'],
    ['core/a.ts', `import { type X } from 'react';`, 'React may not be used here'],
    ['ml/a.ts', `import { state } from '../engine/session.ts';`, 'ml may not import engine'],
    ['ml/a.ts', `export * from '../store/store.ts';`, 'ml may not import store'],
    ['engine/protocol.ts', `import { a } from './session.ts';`, 'protocol may not import engine'],
    ['engine/client.ts', `import './worker.ts';`, 'client may not import engine'],
    ['engine/client.ts', `import type { T } from '../ml/backend.ts';`, 'client may not import ml'],
    ['engine/session.ts', `import * as tf from '@tensorflow/tfjs';`, 'tfjs may not be used here'],
    ['engine/session.ts', `import { client } from './client.ts';`, 'engine may not import client'],
    ['store/a.ts', `const m = await import('../ml/backend.ts');`, 'store may not import ml'],
    ['store/a.ts', `import { useState } from 'react';`, 'React may not be used here'],
    ['store/a.ts', `export type { Session } from '../engine/session.ts';`, 'store may not import engine'],
    [
      'ui/steps/A.tsx',
      `const a = <b>{1}</b>; let p: import('../../engine/protocol.ts').Page;`,
      'ui may not import protocol',
    ],
    ['ui/steps/A.tsx', `import { create } from 'zustand';`, 'zustand may not be used here'],
    [
      'ui/A.tsx',
      `new Worker(new URL('../engine/worker.ts', import.meta.url));`,
      'only engine/client.ts and ml/cpu/threads.ts start workers',
    ],
    ['ui/A.tsx', `import(name);`, 'its address is computed, so nobody can check it'],
    ['main.tsx', `import { session } from './engine/session.ts';`, 'main may not import engine'],
    ['headless.ts', `import { App } from './ui/App.tsx';`, 'headless may not import ui'],
    ['store/a.ts', `import { precache } from 'workbox-precaching';`, 'workbox may not be used here'],
    ['serviceWorker.ts', `import { x } from './core/rng.ts';`, 'serviceWorker may not import core'],
    ['cli/a.ts', `import { call } from '../engine/protocol.ts';`, 'cli may import only types of the protocol'],
    ['core/a.ts', `import { run } from '../cli/train.ts';`, 'core may not import cli'],
    ['util/a.ts', `import { x } from '../core/rng.ts';`, 'the file belongs to no layer'],
    ['core/a.ts', `import x from '../../e2e/x.ts';`, 'it leaves src/'],
  ])('a violation planted in %s is caught: %s', (path, text, reason) => {
    expect(violations(new Map([[path, text]]))).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    [
      'engine/client.ts',
      `import type { A } from './protocol.ts'; new Worker(new URL('./worker.ts', import.meta.url));`,
    ],
    ['engine/worker.ts', `import '@tensorflow/tfjs'; import { b } from '../ml/backend.ts';`],
    ['cli/train.ts', `import type { Commands } from '../engine/protocol.ts'; import process from 'node:process';`],
    [
      'ui/charts/A.tsx',
      `import { useElementSize } from '@mantine/hooks'; import './a.css'; import x from '../../store/store.ts';`,
    ],
    ['core/a.ts', `// import x from 'react'\nconst s = "import x from 'react'"; import * as v from 'valibot';`],
  ])('what is allowed in %s passes', (path, text) => {
    expect(violations(new Map([[path, text]]))).toEqual([]);
  });
});
