/** How large a vocabulary should be for a text, and how long to train on it. */
import { DEFAULT_CONFIG } from '../../core/config.ts';

/** The sonnets, and the size that did best on them among those tried; see docs/LEARNING.md. */
const MEASURED = { bytes: 94_000, vocabSize: 2048 };
const SMALLEST = 320;
const LARGEST = 32_000;
const ROUND_TO = 64;
const FEWEST_STEPS = 500;
const MOST_STEPS = 6000;

export interface SuggestedSize {
  readonly vocabSize: number;
  /** Why, in a sentence. */
  readonly reason: string;
}

/**
 * Grows with the square root of the text: the vocabulary of a language grows about like that with the text (Heaps' law), so
 * each entry is seen more often the longer the text is. Measured at 94 kB; elsewhere it is a rule.
 * @example suggestVocabSize(94_000).vocabSize === 2048
 * @example suggestVocabSize(1_000_000).vocabSize === 6656
 */
export function suggestVocabSize(textBytes: number): SuggestedSize {
  const wanted = MEASURED.vocabSize * Math.sqrt(textBytes / MEASURED.bytes);
  const rounded = ROUND_TO * Math.round(wanted / ROUND_TO);
  const vocabSize = Math.max(SMALLEST, Math.min(LARGEST, rounded));
  const bytesEach = Math.round(textBytes / vocabSize);
  return {
    vocabSize,
    reason:
      `Suggested for this text: ${vocabSize.toLocaleString('en')}. That leaves about ${bytesEach.toLocaleString('en')} bytes of text ` +
      'for each entry; with more entries the rare ones would be seen too seldom to be learned.',
  };
}

/**
 * Grows with the square root of the text: a longer one has more to learn and is not learned by heart so soon. Measured at
 * 94 kB, tried at 1 MB; elsewhere it is a rule.
 * @example suggestSteps(94_000) === 1500
 * @example suggestSteps(1_000_000) === 4900
 */
export function suggestSteps(textBytes: number): number {
  const wanted = DEFAULT_CONFIG.training.steps * Math.sqrt(textBytes / MEASURED.bytes);
  return Math.max(FEWEST_STEPS, Math.min(MOST_STEPS, 100 * Math.round(wanted / 100)));
}
