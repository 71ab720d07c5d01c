import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderName } from './folderName.ts';

test.each([
  ['Mein BERT: früh/spät', 'Mein-BERT-fruh-spat'],
  ['../../etc/passwd', 'etc-passwd'],
  ['C:\\temp\\x', 'C-temp-x'],
  ['a..b', 'a.b'],
  ['сонеты', 'my-bert'],
  ['', 'my-bert'],
  ['CON', 'my-bert'],
  ['nul.txt', 'my-bert'],
  ['bert_v1.2', 'bert_v1.2'],
])('%j becomes %j', (name, folder) => {
  expect(folderName(name)).toBe(folder);
});

test('any name becomes one that file systems and the Hub take', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
      const folder = folderName(name);
      expect(folder).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/);
      expect(folder.length).toBeLessThanOrEqual(96);
      expect(folder).not.toContain('..');
    }),
  );
});
