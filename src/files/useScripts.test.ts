import { expect, it } from 'vitest';
import { javascriptUse, loadLines } from './useScripts.ts';

const pythonLines = (folder: string, sentences: readonly string[]): string => loadLines(folder, sentences).python;

it('asks the sentence that was tested, as one Python string, and prints score and token', () => {
  const lines = pythonLines('my-bert', ['Say "<mask>"\nand \\ go']).split('\n');
  expect(lines[2]).toBe('fill = pipeline("fill-mask", model="./my-bert")');
  expect(lines[3]).toBe(String.raw`for guess in fill("Say \"<mask>\" and \\ go"):`);
  expect(lines[4]).toBe(`    print(f'{guess["score"]:.3f}  {guess["token_str"]}')`);
  expect(lines).toHaveLength(5);
});

it('passes over sentences with another number of masks, for which the pipeline answers in another shape', () => {
  expect(pythonLines('x', ['two <mask> and <mask>', 'no gap', 'one <mask>'])).toContain('fill("one <mask>")');
});

it('has an example of its own where no sentence has one mask', () => {
  expect(pythonLines('x', ['no gap', '<mask> <mask>'])).toContain('compare thee to a <mask> day');
});

it('asks the same in JavaScript, with the lines of use.mjs, from the folder beside the script', () => {
  const { javascript } = loadLines('mädchen', ['Say "<mask>"\nand go']);
  expect(javascript).toContain(String.raw`await fill("Say \"<mask>\" and go")`);
  expect(javascript).toContain("new URL('./m%C3%A4dchen/', import.meta.url)");
  const own = loadLines('x', []).javascript.replace("'./x/'", "'.'").replace('\n  console', ' console');
  expect(`${own}\n`).toBe(javascriptUse(true));
});
