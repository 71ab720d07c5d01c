import { memo } from 'react';
import type { Answers, MaskedVerse } from '../../core/answers.ts';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import './verses.css';

interface TrainVersesProps {
  /** The same verses at a few steps, the latest last; at least one. */
  readonly answers: readonly Answers[];
  /** Nothing was held out: the verses are among those trained on. */
  readonly fromTraining: boolean;
}

/**
 * A few verses as the model would fill them in now, and under each what it answered since step 0: the more confident a
 * guess, the darker.
 */
export const TrainVerses = memo(function TrainVerses({ answers, fromTraining }: TrainVersesProps) {
  const now = answers.at(-1);
  if (now === undefined) return null;
  return (
    <section className="verses" aria-label="Verses being filled in">
      {now.verses.map((verse, index) => (
        <div key={verse.parts.join('_')} className="verse-block">
          <Filled verse={verse} />
          {answers.length > 1 && <Since answers={answers} index={index} />}
        </div>
      ))}
      <p className="verses-note">
        {fromTraining ? 'Verses from the training text' : 'Verses that the model never sees in training'}, as it fills
        them in after {formatCount(now.step)} steps{answers.length > 1 && ', and what it said before'}. The stronger the
        ink, the more certain; green is right.
      </p>
    </section>
  );
});

function Filled({ verse: { parts, fills } }: { readonly verse: MaskedVerse }) {
  return (
    <p className="verse">
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
  );
}

/** A guess in its place in the verse. Its truth is drawn by the style sheet alone: the page is busy enough while it trains. */
function Guess(fill: MaskedVerse['fills'][number]) {
  const shown = shownToken(fill.guess);
  const right = isRight(fill);
  const sentence = `${right ? 'right' : `truth: ${fill.truth.trim()}`}, ${formatShare(fill.probability, 0)} certain`;
  return (
    <>
      {/^\s/u.test(fill.guess) && ' '}
      <button
        type="button"
        className="guess"
        data-right={right || undefined}
        style={{ color: certaintyInk(fill.probability) }}
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

interface SinceProps {
  readonly answers: readonly Answers[];
  /** Of the verse. */
  readonly index: number;
}

/** The answers to each gap of a verse side by side, from step 0 to now. */
function Since({ answers, index }: SinceProps) {
  const fills = answers.at(-1)?.verses[index]?.fills ?? [];
  return (
    <table className="verse-since">
      <thead className={index === 0 ? undefined : 'visually-hidden'}>
        <tr>
          <th scope="col">hidden word</th>
          {answers.map(({ step }, moment) => (
            <th key={step} scope="col">
              {moment === answers.length - 1 ? `now, ${formatCount(step)}` : `step ${formatCount(step)}`}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {fills.map(({ truth }, gap) => (
          // The gaps of one verse never change their order.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <tr key={gap}>
            <th scope="row">{shownToken(truth)}</th>
            {answers.map(({ step, verses }) => {
              const fill = verses[index]?.fills[gap];
              return <td key={step}>{fill !== undefined && <Answer {...fill} />}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Answer(fill: MaskedVerse['fills'][number]) {
  return (
    <span className="answer" data-right={isRight(fill) || undefined} style={{ color: certaintyInk(fill.probability) }}>
      {shownToken(fill.guess)} <span className="answer-share">{formatShare(fill.probability, 0)}</span>
    </span>
  );
}

function shownToken(token: string): string {
  return token.trim() === '' ? '␣' : token.trim();
}

function isRight({ truth, guess }: MaskedVerse['fills'][number]): boolean {
  return guess.trim() === truth.trim();
}

/** From faint at 0 to full ink at 1. The eye takes small probabilities for the same, so the square root is shown. */
function certaintyInk(probability: number): string {
  return `color-mix(in oklab, var(--ink) ${Math.round(100 * Math.sqrt(probability))}%, var(--ink-faint))`;
}
