/** Against transformers and PyTorch (`e2e/python/makeInsideGolden.py`). */
import { describe, expect, it } from 'vitest';
import golden from '../../../test/golden/inside.json';
import { GOLDEN_CONFIG, goldenTokenizer as tokenizer, useGoldenModel } from '../../../test/goldenModel.ts';
import { TESTED_BACKENDS } from '../../../test/tensors.ts';
import { rolloutMap } from '../../core/inside/attentionMaps.ts';
import { nearestRows, principalComponents } from '../../core/inside/vocabularyMap.ts';
import { scoreHidden, tokensAPass, windowAround } from './hiddenTokens.ts';
import { lookInside } from './look.ts';

const H = GOLDEN_CONFIG.hidden_size;

/** Largest difference of two lists of the same length. */
function apart(ours: ArrayLike<number>, theirs: readonly number[]): number {
  expect(ours.length).toBe(theirs.length);
  return theirs.reduce((most, value, place) => Math.max(most, Math.abs((ours[place] ?? Number.NaN) - value)), 0);
}

describe.each(TESTED_BACKENDS)('inside the golden model on %s', (backend) => {
  const model = useGoldenModel(backend);

  it.each(golden.looks)('attention of every head, rollout, and every layer read by the head: $text', async (case_) => {
    expect(tokenizer.encodeWithSpecials(case_.text)).toEqual(case_.ids);
    const { attention, layers } = await lookInside(model(), case_.ids, case_.ids, golden.topK);
    expect(apart(attention.weights, case_.attention)).toBeLessThan(1e-5);
    expect(apart(rolloutMap(attention, attention.layers - 1), case_.rollout)).toBeLessThan(1e-5);
    expect(layers).toHaveLength(case_.lens.length);
    for (const [layer, lens] of case_.lens.entries()) {
      const cells = layers[layer] ?? [];
      expect(cells.map(({ best }) => best.map(({ token }) => token))).toEqual(lens.tokens);
      const scores = cells.flatMap(({ best }) => best.map(({ score }) => score));
      expect(apart(scores, lens.scores)).toBeLessThan(1e-5);
      expect(
        apart(
          cells.map(({ own }) => own),
          lens.own,
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it.each(golden.surprise)('each token hidden in turn, with $context tokens around it', async (case_) => {
    const { context, ids, items } = case_;
    expect(tokenizer.encode(golden.passage)).toEqual(ids);
    const perPass = tokensAPass(model(), Math.min(context, ids.length));
    const ours = [];
    for (let from = 0; from < items.length; from += perPass) {
      const asked = items.slice(from, from + perPass).map(({ index }) => ({
        index,
        window: windowAround(index, [0, ids.length], context),
      }));
      ours.push(...(await scoreHidden(model(), ids, asked, Math.min(context, ids.length))));
    }
    expect(ours.map(({ index, likelier, guess }) => ({ index, likelier, guess: guess.token }))).toEqual(
      items.map(({ index, likelier, guess }) => ({ index, likelier, guess })),
    );
    const nats = ours.map((score) => score.nats);
    expect(
      apart(
        nats,
        items.map((item) => item.nats),
      ),
    ).toBeLessThan(1e-4);
  });

  it('main axes of the word table and neighbours in it', async () => {
    const table = await model().readParameter('roberta.embeddings.word_embeddings.weight');
    const { points, shares } = await principalComponents(table, H, async () => undefined);
    expect(apart(points, golden.components.points)).toBeLessThan(1e-5);
    expect(apart(shares, golden.components.shares)).toBeLessThan(1e-5);
    for (const { id, ids, cosines } of golden.neighbours) {
      const ours = nearestRows(table, H, id, ids.length, () => true);
      expect(ours.map(({ row }) => row)).toEqual(ids);
      expect(
        apart(
          ours.map(({ cosine }) => cosine),
          cosines,
        ),
      ).toBeLessThan(1e-5);
    }
  });
});
