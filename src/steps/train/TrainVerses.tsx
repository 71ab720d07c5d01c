import { Tooltip } from '@mantine/core';
import { memo } from 'react';
import { type Answers, type MaskedVerse, VERSES } from '../../core/answers.ts';
import { counted } from '../../core/counts.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { Disclosure } from '../../design/Disclosure.tsx';
import { Gapped } from '../../design/Gapped.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import './verses.css';

interface TrainVersesProps {
  /** The same verses at a few steps, the latest last; none: the room that they will take. */
  readonly answers: readonly Answers[];
  /** Nothing was held out: the verses are among those trained on. */
  readonly fromTraining: boolean;
}

type Fill = MaskedVerse['fills'][number];

/** A few verses as the model would fill them in now, the more confident the darker; and what it answered since step 0. */
export const TrainVerses = memo(function TrainVerses({ answers, fromTraining }: TrainVersesProps) {
  const now = answers.at(-1);
  if (now === undefined) return <Room fromTraining={fromTraining} />;
  return (
    <section className="verses" aria-label="Lines being filled in">
      {now.verses.map(({ parts, fills }) => (
        <p key={parts.join('_')} className="verse book" dir="auto">
          <Gapped
            parts={parts}
            gap={(place) => {
              const fill = fills[place];
              return fill && <Guess {...fill} />;
            }}
          />
        </p>
      ))}
      <Caption step={now.step} fromTraining={fromTraining} />
      <div style={answers.length > 1 ? {} : HIDDEN}>
        <Disclosure summary={SINCE}>
          <Since answers={answers} />
        </Disclosure>
      </div>
    </section>
  );
});

function Caption({ step, fromTraining }: Pick<Answers, 'step'> & Pick<TrainVersesProps, 'fromTraining'>) {
  return (
    <p className="tiny faint">
      {fromTraining ? 'Lines of the training text' : 'Held-out lines'} filled in by the model after{' '}
      {counted(step, 'step')}. The darker a word, the more confident the model; correct words are green.
    </p>
  );
}

const SINCE = 'Predictions since step 0';
/** It takes its room, so that nothing moves when it is shown. */
const HIDDEN = { visibility: 'hidden' } as const;

const PLACES = Array.from({ length: VERSES }, (_, place) => `verse ${place + 1}`);

/** As much room as the verses take. */
function Room({ fromTraining }: Pick<TrainVersesProps, 'fromTraining'>) {
  return (
    <section className="verses" style={HIDDEN}>
      {PLACES.map((place) => (
        <p key={place} className="verse book">
          <span className="guess">–</span>
        </p>
      ))}
      <Caption step={0} fromTraining={fromTraining} />
      <Disclosure summary={SINCE}>{null}</Disclosure>
    </section>
  );
}

/** A guess in its place in the verse, its truth on pointing at it. */
function Guess(fill: Fill) {
  const shown = shownToken(fill.guess);
  const right = isRight(fill);
  const probability = `probability ${formatShare(fill.probability, 0)}`;
  const sentence = right ? `correct, ${probability}` : `${probability}; original: ${fill.truth.trim()}`;
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

/** The answers to every gap side by side, from step 0 to now. */
function Since({ answers }: Pick<TrainVersesProps, 'answers'>) {
  const gapsOf = ({ verses }: Answers): Fill[] => verses.flatMap(({ fills }) => fills);
  const moments = answers.map((moment, index) => {
    const fills = gapsOf(moment);
    return {
      head: index === answers.length - 1 ? `now, ${formatCount(moment.step)}` : `step ${formatCount(moment.step)}`,
      cell: (_: Fill, gap: number) => {
        const fill = fills[gap];
        return fill && <Answer {...fill} />;
      },
    };
  });
  return (
    <DataTable
      className="verse-since"
      verticalSpacing={2}
      rows={answers.slice(-1).flatMap(gapsOf)}
      columns={[{ head: 'masked word', names: true, cell: ({ truth }) => <bdi>{shownToken(truth)}</bdi> }, ...moments]}
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
