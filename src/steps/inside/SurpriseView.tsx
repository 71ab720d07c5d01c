import { Button, Stack, Textarea } from '@mantine/core';
import { useMemo } from 'react';
import { groupWords, summarizeSurprise } from '../../core/inside/textSurprise.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { textDirection } from '../../design/textDirection.ts';
import { formatCount, formatDuration, formatShare, plural, significant } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { MeasuredSurprise } from './insideState.ts';
import { SurpriseText } from './SurpriseText.tsx';
import './surpriseView.css';

/** Every token of a passage hidden in turn: where the text surprises the model. */
export function SurpriseView() {
  const { passage: typed, surprise, surpriseError, ...inside } = useStudio((state) => state.inside);
  const models = useStudio(({ train }) => train.runs.length);
  const suggested = useEngine('inside.passage', typed === null ? {} : null, { version: models });
  const passage = typed ?? suggested.data ?? '';
  const measuring = inside.measuring !== null;
  const { setPassage, measureSurprise, cancelSurprise } = useActions();
  // The passage before is shown whole until the first part of the next has come.
  const going = surprise !== null && surprise.items.length < surprise.total ? surprise : null;
  return (
    <Stack gap={24}>
      <Textarea
        className="written-text"
        label="Passage"
        description="A paragraph or two. Each token is masked alone, and the model is asked how likely it is there."
        value={passage}
        dir={textDirection(passage)}
        onChange={(event) => setPassage(event.currentTarget.value)}
        autosize
        minRows={4}
        maxRows={10}
      />
      {measuring ? (
        <ProgressLine
          label="Masking one token at a time"
          done={going === null ? 0 : going.items.length / going.total}
          secondsLeft={going === null ? null : timeLeft(going)}
          onCancel={cancelSurprise}
        />
      ) : (
        <Button variant="filled" style={{ alignSelf: 'start' }} onClick={() => void measureSurprise(passage)}>
          Measure surprisal
        </Button>
      )}
      <ErrorNotice error={surpriseError ?? suggested.error} />
      {surprise !== null && <Measured surprise={surprise} finished={!measuring} isOld={passage !== surprise.text} />}
    </Stack>
  );
}

function timeLeft({ items, total, elapsedMs }: MeasuredSurprise): number | null {
  return items.length === 0 ? null : ((total - items.length) * elapsedMs) / items.length / 1000;
}

interface MeasuredProps {
  readonly surprise: MeasuredSurprise;
  readonly finished: boolean;
  readonly isOld: boolean;
}

function Measured({ surprise, finished, isOld }: MeasuredProps) {
  const { text, items, total, context, steps, elapsedMs } = surprise;
  const words = useMemo(() => groupWords(text, items), [text, items]);
  const summary = summarizeSurprise(items);
  if (summary === null) return null;
  const { tokens, logLikelihood, pseudoPerplexity } = summary;
  const missing =
    finished && tokens < total ? ` Cancelled after ${formatCount(tokens)} of ${plural(total, 'token')}.` : '';
  return (
    <>
      <SurpriseText text={text} words={words} />
      <Figures label="Surprisal of the passage" width={150}>
        <Figure
          label="Pseudo-perplexity"
          number={significant(pseudoPerplexity, 3)}
          note="effective number of choices per token"
        />
        <Figure label="Surprisal per token" number={significant(-logLikelihood / tokens, 3)} unit="nats" />
        <Figure label="Pseudo-log-likelihood" number={`−${significant(-logLikelihood, 4)}`} unit="nats" />
        <Figure label="Tokens" number={formatCount(tokens)} note="without line breaks and special tokens" />
      </Figures>
      <p className="small soft">
        {isOld && 'For the previous passage. '}
        {steps[0] === steps[1]
          ? `With the weights of step ${formatCount(steps[0])}`
          : `With the weights of steps ${formatCount(steps[0])} to ${formatCount(steps[1])}, while training`}
        , in {formatDuration(elapsedMs / 1000)}; the model saw {plural(context, 'token')} at a time.{missing} The tokens
        of a long word give each other away, so its surprisal is lower than if the whole word were masked.
      </p>
      <DisclosedTable
        summary="Every word as a table"
        content={() => ({
          rows: words,
          columns: [
            { head: 'Word', names: true, cell: (word) => <bdi className="inside-piece">{word.text}</bdi> },
            { head: 'Tokens', cell: (word) => word.items.length },
            { head: 'Surprisal, nats', cell: (word) => significant(word.nats, 3) },
            {
              head: 'Top prediction per token',
              cell: ({ items: pieces }) =>
                pieces.map(({ start, nats, guess, guessProbability }) => (
                  <span key={`${start} ${nats}`} className="listed soft">
                    <bdi className="inside-piece">{shownToken(guess)}</bdi> {formatShare(guessProbability, 0)}
                  </span>
                )),
            },
          ],
        })}
      />
    </>
  );
}
