/** Against `pipeline('fill-mask')` of transformers (`e2e/python/makeFillMaskGolden.py`). */
import { describe, expect, it } from 'vitest';
import golden from '../../../test/golden/fillMask.json';
import { GOLDEN_CONFIG, goldenTokenizer as tokenizer, useGoldenModel } from '../../../test/goldenModel.ts';
import { fillMask } from './fillMask.ts';

const LONGEST = GOLDEN_CONFIG.max_position_embeddings - 2;

describe.each(['webgpu', 'wasm'] as const)('fillMask on %s', (backend) => {
  const model = useGoldenModel(backend);

  it.each(golden.cases)('gives candidates, scores and texts of the pipeline: $text', async ({ text, ids, masks }) => {
    expect(tokenizer.encodeWithSpecials(text)).toEqual(ids);
    const ours = await fillMask(model(), tokenizer, text, golden.topK);
    expect(ours.map((mask) => mask.map(({ token, tokenStr, sequence }) => ({ token, tokenStr, sequence })))).toEqual(
      masks.map((mask) => mask.map(({ token, token_str: tokenStr, sequence }) => ({ token, tokenStr, sequence }))),
    );
    const scores = ours.flat().map(({ score }) => score);
    for (const [place, { score }] of masks.flat().entries()) {
      expect(Math.abs((scores[place] ?? Number.NaN) / score - 1)).toBeLessThan(1e-4);
    }
  });

  it('reads a text of exactly the longest length, and refuses the next', async () => {
    // One token each: the letters are no merge.
    const text = `<mask>${'q'.repeat(LONGEST - 3)}`;
    expect(await fillMask(model(), tokenizer, text, 1)).toHaveLength(1);
    await expect(fillMask(model(), tokenizer, `${text}q`, 1)).rejects.toMatchObject({
      code: 'testTooLong',
      details: { tokens: LONGEST + 1, maximum: LONGEST },
    });
  });

  it('refuses a text without words or without a mask', async () => {
    await expect(fillMask(model(), tokenizer, ' \n\t', 5)).rejects.toMatchObject({ code: 'testEmpty' });
    await expect(fillMask(model(), tokenizer, 'no blank here <MASK>', 5)).rejects.toMatchObject({ code: 'testNoMask' });
  });
});
