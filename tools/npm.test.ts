import { expect, test } from 'vitest';
import { npmCommand } from './npm.mjs';

test('npm is a program, and on Windows a line for a shell', () => {
  expect(npmCommand(['ci', '--silent'], 'linux')).toEqual({ program: 'npm', args: ['ci', '--silent'], shell: false });
  expect(npmCommand(['ci', '--silent'], 'win32')).toEqual({ program: 'npm ci --silent', args: [], shell: true });
});
