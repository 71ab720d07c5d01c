import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVIDENCE, SECTIONS, whyDefault } from './evidence.ts';
import { FIELD_PATHS } from './limits.ts';

test('every default names what is behind it, in a sentence', () => {
  expect(Object.keys(EVIDENCE).sort()).toEqual([...FIELD_PATHS].sort());
  for (const path of FIELD_PATHS)
    expect(whyDefault(path)).toMatch(/^Default [^:]+: .{8,}\. \(docs\/LEARNING\.md, “.+”\)$/);
});

test('the sections that are named are in docs/LEARNING.md', () => {
  const headings = [...readFileSync('docs/LEARNING.md', 'utf8').matchAll(/^#{2,3} (.+)$/gm)].map(([, title]) => title);
  for (const section of SECTIONS)
    expect(
      headings.some((title) => title?.startsWith(section)),
      section,
    ).toBe(true);
});
