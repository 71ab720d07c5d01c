import { expect, test } from 'vitest';
import { attentionSvg, mapSvg } from './insidePictures.ts';

test('attention: every token twice, a line for each weight that can be seen, names that XML can hold', () => {
  const map = Float32Array.from([0.9, 0.1, 0.01, 0.99]);
  const svg = attentionSvg('Layer 1, head 1', ['<s>', 'a & b\u0000'], map, 1);
  expect(svg.match(/<text[^>]*>&lt;s&gt;<\/text>/g)).toHaveLength(2);
  expect(svg.match(/<text[^>]*>a &amp; b\uFFFD<\/text>/g)).toHaveLength(2);
  // 0.01 is too faint to see.
  expect(svg.match(/<path /g)).toHaveLength(3);
  expect(svg).toContain('<title>Layer 1, head 1</title>');
});

test('a change for the less is dashed', () => {
  expect(attentionSvg('Change', ['a'], Float32Array.from([-0.5]), 1)).toContain('stroke-dasharray="5 4"');
});

test('the map: the most frequent words, inside of the picture', () => {
  const texts = Array.from({ length: 1000 }, (_, at) => `w${at}`);
  const counts = texts.map((_, at) => at);
  const points = texts.flatMap((_, at) => [Math.cos(at) * 3, Math.sin(at) * 3]);
  const svg = mapSvg('Vocabulary', texts, counts, points);
  const places = [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"[^>]*text-anchor="middle">(\w+)</g)];
  expect(places).toHaveLength(600);
  expect(places[0]?.[3]).toBe('w999');
  for (const [, x, y] of places) {
    expect(Number(x)).toBeGreaterThan(0);
    expect(Number(x)).toBeLessThan(640);
    expect(Number(y)).toBeGreaterThan(0);
    expect(Number(y)).toBeLessThan(684);
  }
});
