import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { countLines, lineComplaints } from './lines.ts';

test('no room is longer than it may be', () => {
  expect(lineComplaints(countLines())).toEqual([]);
});

test('lines are counted by room, without tests, and style sheets together', () => {
  const root = mkdtempSync(join(tmpdir(), 'folio-lines-'));
  const write = (path: string, lines: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'line\n'.repeat(lines));
  };
  write('src/main.tsx', 1);
  write('src/core/a.ts', 2);
  write('src/core/deep/b.ts', 4);
  write('src/core/a.test.ts', 100);
  write('src/compute/a.gpu.test.ts', 100);
  write('src/steps/A.tsx', 8);
  write('src/steps/A.css', 16);
  write('src/core/picture.png', 100);
  write('tools/a.ts', 32);
  expect(Object.fromEntries(countLines(root))).toEqual({ src: 1, core: 6, steps: 8, CSS: 16, tools: 32 });
  rmSync(root, { recursive: true });
});

test('a room that is too long is named, and one without a budget', () => {
  const budgets = { core: { limit: 6, goal: '5' } };
  expect(lineComplaints(new Map([['core', 6]]), budgets)).toEqual([]);
  expect(lineComplaints(new Map([['core', 7]]), budgets)).toEqual(['core has 7 lines; it may have 6.']);
  expect(lineComplaints(new Map([['new', 1]]), budgets)).toEqual(['new has no budget.']);
});
