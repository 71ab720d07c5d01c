/** A tokenizer from its two files, without a look at what they hold. */
import type { TrainedBpe } from '../src/text/tokenizer/bpeTrainer.ts';
import { mergeLines } from '../src/text/tokenizer/files.ts';

export function trainedBpe(vocabJson: string, mergesTxt: string): TrainedBpe {
  const byId = Object.entries<number>(JSON.parse(vocabJson)).sort(([, a], [, b]) => a - b);
  return {
    tokens: byId.map(([token]) => token),
    merges: mergeLines(mergesTxt).map((line) => line.split(' ') as [string, string]),
  };
}
