// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// The only part of the runner that knows Folio: edit it where functions are renamed, or where notices and offers are said
// in another way.

import { describeError } from '../../src/core/errorSentences.ts';
import { StudioError } from '../../src/core/errors.ts';
import { openSource } from '../../src/files/bundleSource.ts';
import { readBundle } from '../../src/files/readBundle.ts';
import { checkTexts, repairTexts } from '../../src/text/check/checkTexts.ts';
import { buildCorpus, splitDocuments } from '../../src/text/corpus.ts';
import { documentLines } from '../../src/text/documentTable.ts';
import { readingNotices } from '../../src/text/reading/reading.ts';
import { readTexts } from '../../src/text/readText.ts';
import { createTokenizer } from '../../src/text/tokenizer/tokenizer.ts';

/** The sentences that a person reads; null for what is no refusal. */
export function sentences(thrown) {
  if (!(thrown instanceof StudioError) || thrown.code === 'internal') return null;
  const { what, remedy } = describeError(thrown.toPlain());
  return [what, remedy];
}

/**
 * Loads texts, [{ name, bytes }], as the Data step does.
 * @returns texts as they are then, notices, documents as lists of lines, which of them are held out by a split seed, and
 *   offers: repairs that a person may choose, as { label, accept() → the same again }
 */
export async function loadTexts(files) {
  const named = files.map(({ name, bytes }) => ({ name, bytes: async () => bytes }));
  const { sources, readings } = await readTexts(named);
  return loaded(sources, readingNotices(readings));
}

/** What is trained on, of texts that were read. */
async function loaded(sources, notices) {
  const corpus = buildCorpus(sources);
  // A finding says what it is, and its repair is one press.
  const offers = (await checkTexts(sources)).map(({ name, sentence, repair }) => ({
    label: `${sentence} ${repair}`,
    accept: () => repaired(sources, name, notices),
  }));
  return {
    texts: sources.map(({ text }) => text),
    notices: [...notices, ...corpus.notices],
    offers,
    documents: Array.from({ length: corpus.documents.length }, (_, index) => documentLines(corpus, index)),
    heldOut: (splitSeed) => splitDocuments(corpus, { heldOutShare: 0.1, splitSeed }).heldOutDocuments,
  };
}

/** After a repair; where that leaves too little, the text stays as it is. */
async function repaired(sources, name, notices) {
  try {
    return await loaded((await repairTexts(sources, [name])).sources, notices);
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown;
    return loaded(sources, notices);
  }
}

/** Opens a folder, { name, files: path → bytes }, or a zip, { name, bytes }. Ids are those of the model's files. */
export async function openBundle({ name, files, bytes }) {
  const origin =
    files === undefined
      ? { kind: 'zip', name, blob: new Blob([bytes]) }
      : { kind: 'folder', name, files: [...files].map(([path, content]) => ({ path, blob: new Blob([content]) })) };
  const bundle = await readBundle(await openSource(origin), 2 ** 28);
  const tokenizer = createTokenizer(bundle.trained, bundle.traits);
  return {
    notices: bundle.notices ?? [],
    offers: bundle.offers ?? [],
    weights: bundle.weights,
    longest: bundle.model.maxPositionEmbeddings - 2,
    ids: (text) => tokenizer.encode(text).map(tokenizer.fileIdOf),
    wholeIds: (text) => tokenizer.encodeWithSpecials(text).map(tokenizer.fileIdOf),
  };
}
