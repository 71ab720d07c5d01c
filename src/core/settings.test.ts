import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FIELD_PATHS, settingOf } from './config.ts';
import { SECTIONS } from './settingRow.ts';

test('every row has its words: a term, what it does, and what is behind its default in a sentence', () => {
  for (const path of FIELD_PATHS) {
    const setting = settingOf(path);
    const [, why] = typeof setting.why === 'string' ? ['', setting.why] : setting.why;
    expect(why, path).toMatch(/^\S.{7,}\.$/);
    expect(setting.term, path).toMatch(/^[A-Z]/);
    expect(setting.kind === 'choice' || setting.help?.endsWith('.'), path).toBe(true);
  }
});

test('what a setting follows from stands further up', () => {
  for (const [at, path] of FIELD_PATHS.entries()) {
    const { follows, default: usual } = settingOf(path);
    if (follows !== undefined) expect(FIELD_PATHS.slice(0, at), path).toContain(follows[0]);
    else expect(usual, path).not.toBeNull();
  }
});

test('the sections that are named are in docs/LEARNING.md', () => {
  const headings = [...readFileSync('docs/LEARNING.md', 'utf8').matchAll(/^#{2,3} (.+)$/gm)].map(([, title]) => title);
  for (const section of SECTIONS)
    expect(
      headings.some((title) => title?.startsWith(section)),
      section,
    ).toBe(true);
});
