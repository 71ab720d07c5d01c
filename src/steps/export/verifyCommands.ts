/** Commands of Verify: lines with the live model's logits, and a bundle opened beside it. */
import { maskLogits } from '../../compute/evaluation/fillMask.ts';
import { Roberta } from '../../compute/model/robertaModel.ts';
import { openSource } from '../../files/bundleSource.ts';
import { type ReadBundle, readBundle } from '../../files/readBundle.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { LiveModel } from '../../studio/worker/liveModel.ts';
import { asJob, requireModel, type SessionState } from '../../studio/worker/session.ts';
import { chooseVerses, questionText } from '../../studio/worker/verses.ts';
import { createTokenizer, type Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { MEMORY_LIMIT_BYTES } from '../model/modelCommands.ts';
import { compareCopy, type VerifyCase, type VerifyRequest } from './verifyReport.ts';

/** For models without a text. */
const LINES = [
  'A <mask> in time saves nine.',
  'The early <mask> gets the worm.',
  'All that <mask> is not gold.',
  'Still <mask> run deep.',
  'Practice makes <mask>.',
  'Better late than <mask>.',
  'Actions speak <mask> than words.',
  'Where there is a <mask>, there is a way.',
  'No man is an <mask>.',
  'Time and <mask> wait for no man.',
] as const;

export const verifyCommands = {
  /** Lines with words masked, held-out ones where there are some, and the live model's logits at the masks. */
  'verify.cases': async (state, { count }: { count: number }) => {
    const live = await requireModel(state);
    const cases: VerifyCase[] = [];
    for (const text of linesFor(live, count)) {
      cases.push({ text, ...(await answerTo(text, live.roberta, live.tokens.tokenizer)) });
    }
    return cases;
  },

  /** Opens a bundle beside the live model, asks both the same, and compares every weight, bit for bit. */
  'verify.reopen': async (state, { origin, cases }: VerifyRequest) => {
    const live = await requireModel(state);
    return asJob(state, 'opening the model', async () => {
      const bundle = await readBundle(await openSource(origin), MEMORY_LIMIT_BYTES[live.device.active] / 2);
      const sameWeights = await weightsAreEqual(live, bundle);
      const tokenizer = createTokenizer(bundle.trained, bundle.traits);
      const roberta = new Roberta(bundle.model, tokenizer.vocabSize, bundle.weights);
      try {
        const ask = ({ text }: VerifyCase) => answerTo(text, roberta, tokenizer);
        const oursOf = new Map(Array.from({ length: tokenizer.vocabSize }, (_, id) => [tokenizer.fileIdOf(id), id]));
        const report = await compareCopy(cases, ask, (id) => tokenizer.decode([oursOf.get(id) ?? id]));
        return { ...report, sameWeights };
      } finally {
        roberta.dispose();
      }
    });
  },
} satisfies Commands<SessionState>;

/** In single precision, as a file's reader has them. */
async function answerTo(text: string, roberta: Roberta, tokenizer: Tokenizer) {
  const { logits, ...places } = await maskLogits(roberta, tokenizer, text);
  return { ...places, logits: logits.map((row) => Float32Array.from(row)) };
}

function linesFor({ tokens, config: { pipeline, model } }: LiveModel, count: number): string[] {
  const { tokenizer } = tokens;
  const verses = chooseVerses(tokens, pipeline.seqLength, count).map((question) => questionText(tokenizer, question));
  const longest = model.maxPositionEmbeddings - 2;
  const fits = (line: string): boolean => tokenizer.encodeWithSpecials(line).length <= longest;
  return [...verses, ...LINES].filter(fits).slice(0, count);
}

async function weightsAreEqual({ roberta }: LiveModel, { weights }: ReadBundle): Promise<boolean> {
  for (const { name } of roberta.specs) {
    const live = await roberta.readParameter(name);
    const read = weights.get(name);
    if (read?.length !== live.length || live.some((value, place) => !Object.is(value, read[place]))) return false;
  }
  return true;
}
