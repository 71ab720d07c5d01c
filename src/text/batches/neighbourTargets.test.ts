import { describe, expect, test } from 'vitest';
import { encodeDocuments } from './encodeDocuments.ts';
import { NeighbourTargets } from './neighbourTargets.ts';

/** Ids of letters; "\n" is 6. */
const LETTERS = 'abcdefgh';
const encoder = {
  lineBreakId: 6,
  encodeWords: (line: string) => [...line].map((letter) => [7 + LETTERS.indexOf(letter)]),
};

function encode(documents: readonly (readonly string[])[]) {
  const steps = encodeDocuments(documents, encoder);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

const V = 7 + LETTERS.length;
const letterOf = (id: number): string => LETTERS[id - 7] ?? '?';

/** How often each letter is drawn at a place, in many epochs. */
function shares(documents: readonly (readonly string[])[], index: number, share: number): Record<string, number> {
  const encoded = encode(documents);
  const targets = new NeighbourTargets(encoded, V);
  const counts: Record<string, number> = {};
  const epochs = 20_000;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const letter = letterOf(targets.drawer(share, epoch)(index, encoded.ids[index] ?? 0));
    counts[letter] = (counts[letter] ?? 0) + 1 / epochs;
  }
  return counts;
}

describe('neighbour targets', () => {
  test('a share of 0 leaves every token; one of 1 never draws the place itself', () => {
    const documents = [['abc'], ['abd'], ['aeh']];
    expect(Object.keys(shares(documents, 1, 0))).toEqual(['b']);
    // "e" stands once: where it stands, others are drawn.
    expect(shares(documents, 7, 1)['e']).toBeUndefined();
  });

  test('the share drawn is the share asked for', () => {
    const drawn = shares([['abc'], ['adc'], ['adc'], ['adc']], 1, 0.4);
    expect(drawn['b']).toBeGreaterThan(0.6);
    expect(drawn['b']).toBeLessThan(0.75);
  });

  test('what stood between both neighbours, beside one, and anywhere, by how often each was seen', () => {
    // At "b" of the first document: "d" three times between a and c; "e" twice behind a; "f" twice before c.
    const documents = [['abc'], ['adc'], ['adc'], ['adc'], ['aeg'], ['aeg'], ['gfc'], ['gfc']];
    const drawn = shares(documents, 1, 1);
    // Seen between both 3 times: 3 / (3 + 4); beside a 5 times, before c 5 times: each (4 / 7) · ½ · 5 / (5 + 4).
    const [both, side] = [3 / 7, ((4 / 7) * 0.5 * 5) / 9];
    const all = 1 - both - 2 * side;
    expect(drawn['d']).toBeCloseTo(both + 2 * side * (3 / 5) + all * (3 / 23), 1);
    expect(drawn['e']).toBeCloseTo(side * (2 / 5) + all * (2 / 23), 1);
    expect(drawn['f']).toBeCloseTo(side * (2 / 5) + all * (2 / 23), 1);
  });

  test('line breaks and document edges are neighbours, and no targets', () => {
    const documents = [
      ['ab', 'cd'],
      ['eb', 'fd'],
    ];
    const drawn = shares(documents, 1, 1);
    expect(Object.keys(drawn).every((letter) => 'abcdef'.includes(letter))).toBe(true);
    // "c" and "f" follow a line break; the other one is likelier than anything else there.
    const behind = shares(documents, 3, 1);
    expect(behind['f']).toBeGreaterThan(behind['a'] ?? 0);
  });

  test('the same place, seed and share give the same target', () => {
    const encoded = encode([['abcdefgh'], ['hgfedcba']]);
    const [one, two] = [
      new NeighbourTargets(encoded, V).drawer(0.5, 3),
      new NeighbourTargets(encoded, V).drawer(0.5, 3),
    ];
    const draw = (drawer: (index: number, own: number) => number) =>
      Array.from(encoded.ids, (id, index) => drawer(index, id));
    expect(draw(one)).toEqual(draw(two));
  });
});
