import { expect, it } from 'vitest';
import { pythonLines } from './pythonLines.ts';

it('asks the sentence that was tested, as one Python string', () => {
  const lines = pythonLines('my-bert', 'Say "<mask>"\nand \\ go').split('\n');
  expect(lines[2]).toBe('fill = pipeline("fill-mask", model="./my-bert")');
  expect(lines[3]).toBe(String.raw`for guess in fill("Say \"<mask>\" and \\ go"):`);
  expect(lines).toHaveLength(5);
});

it('has an example of its own for a sentence without a mask', () => {
  expect(pythonLines('x', 'no gap')).toContain('<mask>');
});
