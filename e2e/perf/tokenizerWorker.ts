/** Trains Folio's tokenizer on a text that was fetched, and says how long it took. */
import { trainBpe } from '../../src/text/tokenizer/bpeTrainer.ts';

export interface TokenizerCost {
  /** From the text in memory to the vocabulary. */
  readonly ms: number;
  readonly vocabSize: number;
}

/** Lines with their line feeds, as the library reads a file. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found + 1;
    yield text.slice(start, end);
    start = end;
  }
}

self.onmessage = async ({ data }: MessageEvent<{ textUrl: string; vocabSize: number }>) => {
  const text = await (await fetch(data.textUrl)).text();
  const startedMs = performance.now();
  const training = trainBpe(linesOf(text), { vocabSize: data.vocabSize, minFrequency: 2 }, text.length);
  let turn = training.next();
  while (!turn.done) turn = training.next();
  self.postMessage({
    ms: performance.now() - startedMs,
    vocabSize: turn.value.tokens.length,
  } satisfies TokenizerCost);
};
