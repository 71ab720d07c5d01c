/**
 * Writes what Folio makes of a text for the laboratory: token ids of both shares, masks and piece lines, for splits and
 * vocabularies.
 *
 *     tsx e2e/python/words/exportTokens.ts TEXT DIRECTORY SPLITS VOCABULARIES      (lists with commas)
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import { type EncodedDocuments, encodeDocuments } from '../../../src/text/batches/encodeDocuments.ts';
import { heldOutMasks } from '../../../src/text/batches/heldOutBatches.ts';
import { buildCorpus, splitDocuments, tokenizerSequences } from '../../../src/text/corpus.ts';
import { documentLines } from '../../../src/text/documentTable.ts';
import { referenceLines } from '../../../src/text/reference/referenceLines.ts';
import { trainBpe } from '../../../src/text/tokenizer/bpeTrainer.ts';
import { createTokenizer } from '../../../src/text/tokenizer/tokenizer.ts';

/** Draws of masks on the held-out text: about 7,000 masked tokens of the sonnets. */
const DRAWS = 10;

function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as T;
  }
}

function plain({ ids, documentStarts, wordStarts }: EncodedDocuments) {
  return { ids: [...ids], documentStarts: [...documentStarts], wordStarts: [...wordStarts] };
}

const [path = '', directory = '', splits = '', sizes = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const corpus = buildCorpus([{ name: 'text', text: readFileSync(path, 'utf8') }]);
for (const splitSeed of splits.split(',').map(Number)) {
  const split = splitDocuments(corpus, { ...DEFAULT_CONFIG.data, splitSeed });
  const lines = (documents: readonly number[]) => documents.map((document) => documentLines(corpus, document));
  for (const wanted of sizes.split(',').map(Number)) {
    const config = { ...DEFAULT_CONFIG.tokenizer, vocabSize: wanted };
    const tokenizer = createTokenizer(finish(trainBpe(tokenizerSequences(corpus, split), config)));
    const training = finish(encodeDocuments(lines(split.trainingDocuments), tokenizer));
    const heldOut = finish(encodeDocuments(lines(split.heldOutDocuments), tokenizer));
    const settings = { splitSeed, vocabSize: tokenizer.vocabSize, draws: DRAWS, maximumTokens: 131_072 };
    const reference = finish(referenceLines(training, heldOut, settings));
    const masks = heldOutMasks(heldOut, settings).map((draw) => [...draw]);
    const tokens = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.tokenOf(id));
    writeFileSync(
      join(directory, `${splitSeed}-${wanted}.json`),
      JSON.stringify({
        splitSeed,
        wanted,
        lineBreakId: tokenizer.lineBreakId,
        tokens,
        training: plain(training),
        heldOut: plain(heldOut),
        masks,
        reference,
      }),
    );
    console.log(splitSeed, wanted, tokenizer.vocabSize, training.ids.length, heldOut.ids.length, reference);
  }
}
