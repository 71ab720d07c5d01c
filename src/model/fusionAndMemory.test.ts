import { describe, expect, test } from 'vitest';
import { configForPreset } from '../core/config.ts';
import { type Access, accessOf, type Chain, chainsOf, resultOf, shareMemory } from './fusionAndMemory.ts';
import { roberta } from './roberta.ts';
import { trainingStep } from './step.ts';
import { lengthOf, type Value } from './value.ts';

const { model } = configForPreset('tiny');
const step = trainingStep(roberta(model, 301, { rows: 2, columns: 8, maskedRows: 5 }, 'training'), 0);
const kept = Object.values(step.outputs);

describe('chains', () => {
  const names = (chains: readonly Chain[]): string[] =>
    chains.filter(({ length }) => length > 1).map((chain) => chain.map(({ op }) => op).join(' '));

  test('hold every node once, and only what may follow', () => {
    const chains = chainsOf(step.nodes, (chain, next) => chain[0].op === 'dense' && next.op === 'gelu');
    expect(chains.flat().length).toBe(step.nodes.length);
    expect(new Set(chains.flat()).size).toBe(step.nodes.length);
    expect(names(chains)).toEqual(['dense gelu', 'dense gelu', 'dense gelu']);
  });

  test('a sum follows the second of its terms, whose other one is known by then', () => {
    const chains = chainsOf(step.nodes, (_, next) => next.op === 'add');
    expect(names(chains)).toEqual([
      ...Array(2).fill(['dropout add', 'dropout add']).flat(),
      ...Array(2).fill(['denseInputGradient add', 'denseInputGradient add']).flat(),
    ]);
  });
});

describe('memory', () => {
  const accesses = (inPlace: readonly string[]): Access[] =>
    step.nodes.map((node) => ({ ...accessOf([node], [resultOf(node)]), inPlace: inPlace.includes(node.op) }));

  test.each([[[]], [['crossEntropy']], [['add', 'crossEntropy', 'dropout', 'multiply']]])(
    'nobody writes where somebody still reads, in place: %s',
    (inPlace) => {
      const steps = accesses(inPlace);
      const { pieceOf, lengths } = shareMemory(steps, kept);
      const holds = new Map<number, Value>();
      const own = (value: Value): number => pieceOf.get(value) ?? -1;
      const computed = (values: readonly Value[]): Value[] => values.filter(({ role }) => role === 'activation');
      for (const { reads, writes } of steps) {
        for (const value of computed(reads)) expect(holds.get(own(value)), value.name).toBe(value);
        for (const value of computed(writes)) holds.set(own(value), value);
      }
      for (const value of kept) expect(holds.get(own(value))).toBe(value);
      for (const [value, piece] of pieceOf) expect(lengths[piece]).toBeGreaterThanOrEqual(lengthOf(value));
    },
  );

  test('takes half of what values would take one by one, and less in place', () => {
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    const alone = accesses([]).flatMap(({ writes }) => writes.filter(({ role }) => role === 'activation'));
    const [shared, inPlace] = [[], ['add', 'dropout', 'multiply', 'crossEntropy']].map((ops) =>
      sum(shareMemory(accesses(ops), kept).lengths),
    );
    expect(shared).toBeLessThan(0.55 * sum(alone.map(lengthOf)));
    expect(inPlace).toBeLessThan(shared ?? 0);
  });
});
