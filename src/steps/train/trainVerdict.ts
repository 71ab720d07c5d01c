/** What came of a run, in words: only what its own figures say. */
import { counted } from '../../core/counts.ts';
import type { HeldOutPoint } from '../../core/metrics.ts';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { beats, wordStanding } from './heldOutCurve.ts';
import type { RunSummary } from './trainCommands.ts';

/** Sentences of the verdict, in order. @param overfitsSince the step since when the model overfits; null: it does not */
export function verdictOf(summary: RunSummary, overfitsSince: number | null): string[] {
  const { heldOut, steps, trainLoss } = summary;
  if (heldOut === null || summary.firstHeldOutLoss === null) {
    return [
      `After ${counted(steps, 'step')} the training loss is ${trainLoss.toFixed(2)}.`,
      'Nothing was held out, so performance on unseen text was not measured.',
    ];
  }
  const sentences = [fallSentence(steps, summary.firstHeldOutLoss, heldOut), ...referenceSentences(summary)];
  if (summary.endedEarly) sentences.push('Early stopping ended the run: the held-out loss had stopped falling.');
  if (summary.weightsStep < steps) {
    sentences.push(
      `The weights kept are those of step ${formatCount(summary.weightsStep)}, where the held-out loss was lowest.`,
    );
  }
  if (overfitsSince !== null) {
    sentences.push(
      `After step ${formatCount(overfitsSince)} the held-out loss rose while the training loss fell: from there on the model overfitted.`,
    );
  } else if (heldOut.loss - trainLoss > 1) {
    sentences.push(
      `The held-out loss is ${difference(heldOut.loss, trainLoss)} nats above the training loss, a sign that overfitting may have begun.`,
    );
  }
  return sentences;
}

function fallSentence(steps: number, first: number, { loss: last, standardError }: HeldOutPoint): string {
  // Twice the standard error: less could be the choice of masked words.
  const isClear = Math.abs(first - last) > 2 * standardError;
  if (!isClear) return `After ${counted(steps, 'step')} the held-out loss is where it was, ${last.toFixed(2)}.`;
  return (
    `In ${counted(steps, 'step')} the held-out loss ${first > last ? 'fell' : 'rose'} by ${difference(first, last)} nats, ` +
    `from ${first.toFixed(2)} to ${last.toFixed(2)}.`
  );
}

function referenceSentences(summary: RunSummary): string[] {
  const { heldOut, reference } = summary;
  if (heldOut === null || reference === null) return [];
  const { loss, top1 } = heldOut;
  const { unigram, neighbours, neighbourTop1 } = reference;
  if (!beats(heldOut, unigram)) {
    return [
      `That is no better than token frequencies alone (unigram, ${unigram.toFixed(2)}): the model knows which tokens are common, and nothing about their order.`,
    ];
  }
  const fromContext = `It is ${difference(unigram, loss)} below token frequencies (unigram, ${unigram.toFixed(2)}), so the model uses context`;
  if (!beats(heldOut, neighbours)) {
    return [
      `${fromContext}. It is not below neighbour counts (${neighbours.toFixed(2)}): a table of which tokens stand side by side would do just as well.`,
    ];
  }
  return [
    `${fromContext}, and ${difference(neighbours, loss)} below neighbour counts (${neighbours.toFixed(2)}): it has learned more than which tokens stand side by side.`,
    wordSentence(summary) ??
      `Its masked accuracy is ${formatShare(top1)}, that of neighbour counts ${formatShare(neighbourTop1)}.`,
  ];
}

/** How many held-out words it finds, beside a table; null where none were asked for. */
function wordSentence({ heldOut, reference }: RunSummary): string | null {
  const table = reference?.words;
  if (!table || heldOut?.wordTop1 == null || heldOut.wordTop5 === null) return null;
  const { wordTop1, wordTop5, words } = heldOut;
  // Older runs kept no number; it was the table's.
  const standing = wordStanding(wordTop5, words ?? table.words, table);
  const verdict = `The model ranks ${standing} of the ${counted(table.words, 'held-out word')} among its top 5 ${standing === 'as many' ? 'as' : 'than'} neighbour counts do`;
  return (
    `${verdict}: its word accuracy is ${formatShare(wordTop1)} ` +
    `(top 5: ${formatShare(wordTop5)}), against ${formatShare(table.top1)} (${formatShare(table.top5)}).`
  );
}

/** The difference of two figures as they are shown, so that who subtracts finds the same. */
function difference(a: number, b: number): string {
  return Math.abs(Number(a.toFixed(2)) - Number(b.toFixed(2))).toFixed(2);
}
