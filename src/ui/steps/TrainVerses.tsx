import { memo } from 'react';
import type { MaskedVerse } from '../../core/results.ts';
import { formatCount, formatShare } from '../../store/format.ts';

interface TrainVersesProps {
  readonly verses: readonly MaskedVerse[];
  /** Step of the weights that filled them in. */
  readonly step: number;
  /** Nothing was held out: the verses are among those trained on. */
  readonly fromTraining: boolean;
}

/** A few verses as the model would fill them in now: the more confident a guess, the darker; the truth on hover. */
export const TrainVerses = memo(function TrainVerses({ verses, step, fromTraining }: TrainVersesProps) {
  return (
    <section className="verses" aria-label="Verses being filled in">
      {verses.map(({ parts, fills }) => (
        <p key={parts.join('_')} className="verse">
          {parts.map((part, index) => {
            const fill = fills[index];
            return (
              // The parts of one verse never change their order.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <span key={index}>
                {part}
                {fill !== undefined && <Guess {...fill} />}
              </span>
            );
          })}
        </p>
      ))}
      <p className="verses-note">
        {fromTraining ? 'Verses from the training text' : 'Verses that the model never sees in training'}, as it fills
        them in after {formatCount(step)} steps. The stronger the ink, the more certain; green is right. Point at a
        guess, or press it, for the truth.
      </p>
    </section>
  );
});

/** A guess in its place in the verse. Its truth is drawn by the style sheet alone: the page is busy enough while it trains. */
function Guess({ truth, guess, probability }: MaskedVerse['fills'][number]) {
  const shown = guess.trim() === '' ? '␣' : guess.trim();
  const right = guess.trim() === truth.trim();
  const sentence = `${right ? 'right' : `truth: ${truth.trim()}`}, ${formatShare(probability, 0)} certain`;
  return (
    <>
      {/^\s/u.test(guess) && ' '}
      <button
        type="button"
        className="guess"
        data-right={right || undefined}
        style={{ color: certaintyInk(probability) }}
        aria-label={`${shown}: ${sentence}`}
      >
        {shown}
        <span className="guess-truth" aria-hidden="true">
          {sentence}
        </span>
      </button>
    </>
  );
}

/** From faint at 0 to full ink at 1. The eye takes small probabilities for the same, so the square root is shown. */
function certaintyInk(probability: number): string {
  return `color-mix(in oklab, var(--ink) ${Math.round(100 * Math.sqrt(probability))}%, var(--ink-faint))`;
}
