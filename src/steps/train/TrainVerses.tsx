import { Stack, Tooltip } from '@mantine/core';
import { memo } from 'react';
import type { Answers, MaskedVerse } from '../../core/answers.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { Gapped } from '../../design/Gapped.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { formatCount, formatShare, plural } from '../../studio/page/format.ts';
import './verses.css';

interface TrainVersesProps {
  /** The same verses at a few steps, the latest last; at least one. */
  readonly answers: readonly Answers[];
  /** Nothing was held out: the verses are among those trained on. */
  readonly fromTraining: boolean;
}

type Fill = MaskedVerse['fills'][number];

/**
 * A few verses as the model would fill them in now, and under each what it answered since step 0: the more confident a
 * guess, the darker.
 */
export const TrainVerses = memo(function TrainVerses({ answers, fromTraining }: TrainVersesProps) {
  const now = answers.at(-1);
  if (now === undefined) return null;
  return (
    <section className="verses" aria-label="Verses being filled in">
      {now.verses.map(({ parts, fills }, index) => (
        <Stack key={parts.join('_')} gap={6}>
          <p className="verse" dir="auto">
            <Gapped
              parts={parts}
              gap={(place) => {
                const fill = fills[place];
                return fill && <Guess {...fill} />;
              }}
            />
          </p>
          {answers.length > 1 && <Since answers={answers} index={index} />}
        </Stack>
      ))}
      <p className="tiny faint">
        {fromTraining ? 'Verses from the training text' : 'Verses that the model never sees in training'}, as it fills
        them in after {plural(now.step, 'step')}
        {answers.length > 1 && ', and what it said before'}. The stronger the ink, the more certain; green is right.
      </p>
    </section>
  );
});

/** A guess in its place in the verse, its truth on pointing at it. */
function Guess(fill: Fill) {
  const shown = shownToken(fill.guess);
  const right = isRight(fill);
  const sentence = `${right ? 'right' : `truth: ${fill.truth.trim()}`}, ${formatShare(fill.probability, 0)} certain`;
  return (
    <>
      {/^\s/u.test(fill.guess) && ' '}
      <Tooltip label={sentence}>
        <button
          type="button"
          className="guess"
          dir="auto"
          data-right={right || undefined}
          style={{ color: certaintyInk(fill.probability) }}
          aria-label={`${shown}: ${sentence}`}
        >
          {shown}
        </button>
      </Tooltip>
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
  const moments = answers.map(({ step, verses }, moment) => ({
    head: moment === answers.length - 1 ? `now, ${formatCount(step)}` : `step ${formatCount(step)}`,
    cell: (_: Fill, gap: number) => {
      const fill = verses[index]?.fills[gap];
      return fill && <Answer {...fill} />;
    },
  }));
  return (
    <DataTable
      className="verse-since"
      verticalSpacing={2}
      rows={answers.at(-1)?.verses[index]?.fills ?? []}
      columns={[{ head: 'hidden word', names: true, cell: ({ truth }) => <bdi>{shownToken(truth)}</bdi> }, ...moments]}
    />
  );
}

function Answer(fill: Fill) {
  return (
    <span className="answer" data-right={isRight(fill) || undefined} style={{ color: certaintyInk(fill.probability) }}>
      <bdi>{shownToken(fill.guess)}</bdi> <small className="tiny tabular">{formatShare(fill.probability, 0)}</small>
    </span>
  );
}

function isRight({ truth, guess }: Fill): boolean {
  return guess.trim() === truth.trim();
}

/** From faint at 0 to full ink at 1. The eye takes small probabilities for the same, so the square root is shown. */
function certaintyInk(probability: number): string {
  return `color-mix(in oklab, var(--ink) ${Math.round(100 * Math.sqrt(probability))}%, var(--ink-faint))`;
}
