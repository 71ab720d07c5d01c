/** The versions of Node that package.json names, against those that the packages ask for: npm warns where they differ. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subset } from 'semver';
import { expect, test } from 'vitest';
import { ROOT } from './tools.ts';

interface Package {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly optional?: boolean;
}

/** One line for each package that does not run on every Node of `promised`. */
function narrower(promised: string, packages: Readonly<Record<string, Package>>): string[] {
  return Object.entries(packages).flatMap(([path, { version, engines, optional }]) => {
    // Optional ones are for single platforms; the package that brings them has a range of its own.
    const runs = optional === true || engines?.node === undefined || subset(promised, engines.node);
    return runs ? [] : [`${path} ${version} asks for Node ${engines.node}`];
  });
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

test('every package runs on every Node that package.json names', () => {
  const { engines } = read('package.json') as { engines: { node: string } };
  const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Package>> };
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(narrower(engines.node, packages)).toEqual([]);
});

test('a package that asks for a newer Node is named', () => {
  const packages = {
    'node_modules/a': { version: '1.0.0', engines: { node: '>=22' } },
    'node_modules/b': { version: '2.0.0', engines: { node: '>=20' } },
    'node_modules/c': { version: '3.0.0' },
    'node_modules/d': { version: '4.0.0', engines: { node: '>=24' }, optional: true },
  };
  expect(narrower('^20.19.0 || >=22.12.0', packages)).toEqual(['node_modules/a 1.0.0 asks for Node >=22']);
});
