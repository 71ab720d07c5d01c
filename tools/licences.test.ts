import { expect, test } from 'vitest';
import { isAllowed, licenceOf } from './licences.ts';

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['Apache-2.0 AND MIT', true],
  ['Apache-2.0 AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['UNLICENSED', false],
  ['none', false],
])('%s is allowed: %s', (expression, allowed) => {
  expect(isAllowed(expression)).toBe(allowed);
});

test.each([
  ['LGPL-3.0-or-later', '@img/sharp-libvips-linux-x64', true],
  ['Apache-2.0 AND LGPL-3.0-or-later', '@img/sharp-win32-x64', true],
  ['Apache-2.0 AND GPL-3.0-only', '@img/sharp-win32-x64', false],
  ['LGPL-3.0-or-later', 'react', false],
])('%s is allowed in %s: %s', (expression, name, allowed) => {
  expect(isAllowed(expression, name)).toBe(allowed);
});

test.each([
  [{ license: 'ISC' }, 'ISC'],
  [{ license: { type: 'MIT' } }, 'MIT'],
  [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, 'MIT OR GPL-2.0'],
  [{}, 'none'],
])('the licence of %j is %s', (manifest, licence) => {
  expect(licenceOf(manifest)).toBe(licence);
});
