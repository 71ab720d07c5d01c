import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useRovingIndex } from '@mantine/hooks';
import { type ComponentProps, type CSSProperties, Fragment, useMemo, useState } from 'react';
import { counted } from '../../core/counts.ts';
import {
  groupWords,
  type SurprisingWord,
  summarizeSurprise,
  type TokenSurprise,
} from '../../core/inside/textSurprise.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { isolated, textDirection } from '../../design/textDirection.ts';
import { formatCount, formatDuration, formatShare, significant } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { MeasuredSurprise } from './insideState.ts';
import './inside.css';
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
    finished && tokens < total ? ` Cancelled after ${formatCount(tokens)} of ${counted(total, 'token')}.` : '';
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
        , in {formatDuration(elapsedMs / 1000)}; the model saw {counted(context, 'token')} at a time.{missing} The
        tokens of a long word give each other away, so its surprisal is lower than if the whole word were masked.
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

/** Nats from which a token is as dark as it gets: a probability of one in 3,000. */
const DARKEST = 8;

/** The passage, the darker where it surprises; a word's figures on pointing at it, or by the arrow keys. */
function SurpriseText({ text, words }: { readonly text: string; readonly words: readonly SurprisingWord[] }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const current = chosen === null ? undefined : words[chosen];
  const { getItemProps } = useRovingIndex({
    total: words.length,
    orientation: 'both',
    loop: false,
    focusedIndex: chosen ?? 0,
    onFocusChange: setChosen,
  });
  return (
    <Stack gap={16}>
      <div className="inside-readout small soft" aria-live="polite">
        {current === undefined ? (
          <p>Point to a word, or tab to the text and use the arrow keys.</p>
        ) : (
          <Readout word={current} text={text} />
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: the words are one group of controls, and no form */}
      <div className="surprise-text book" dir="auto" role="group" aria-label="The passage, word by word">
        {words.map((word, index) => (
          <Fragment key={word.start}>
            {text.slice(words[index - 1]?.end ?? 0, word.start)}
            <Word
              word={word}
              text={text}
              data-chosen={index === chosen || undefined}
              {...getItemProps({ index })}
              onPointerMove={() => index !== chosen && setChosen(index)}
              onFocus={() => setChosen(index)}
            />
          </Fragment>
        ))}
        {text.slice(words.at(-1)?.end ?? 0)}
      </div>
      <Group className="tiny faint" gap={10} aria-hidden="true">
        <span>expected</span>
        <span className="surprise-scale" />
        <span>surprising ({DARKEST} nats or more)</span>
      </Group>
    </Stack>
  );
}

/** The likeliest guess at each piece of a word, and how likely the piece was. */
function Readout({ word, text }: { readonly word: SurprisingWord; readonly text: string }) {
  return (
    <>
      <p>
        <strong className="chosen-word">
          <bdi>{word.text}</bdi>
        </strong>{' '}
        {significant(word.nats, 3)} nats
        {word.items.length > 1 && ` in ${word.items.length} tokens`}
      </p>
      <p>
        {word.items.map((item) => (
          <span key={`${item.start} ${item.nats}`} className="listed">
            <bdi className="inside-piece">{text.slice(item.start, item.end).trim()}</bdi> {inWords(item)}
          </span>
        ))}
      </p>
    </>
  );
}

function inWords({ nats, likelier, guess, guessProbability }: TokenSurprise): string {
  const share = formatShare(Math.exp(-nats));
  if (likelier === 0) return `${share}, the top prediction`;
  return `${share}, rank ${formatCount(likelier + 1)}; top prediction “${isolated(shownToken(guess))}”, ${formatShare(guessProbability)}`;
}

function Word({ word, text, ...button }: ComponentProps<'button'> & Readonly<{ word: SurprisingWord; text: string }>) {
  const pieces = useMemo(() => piecesOf(word, text), [word, text]);
  return (
    <button type="button" className="surprise-word plain-button" {...button}>
      {pieces.map(({ start, piece, nats }) => (
        <span key={start} style={{ '--heat': `${Math.round(60 * Math.min(1, nats / DARKEST))}%` } as CSSProperties}>
          {piece}
        </span>
      ))}
    </button>
  );
}

/** The pieces of a word, those that share a character taken together. */
function piecesOf({ start, items }: SurprisingWord, text: string): { start: number; piece: string; nats: number }[] {
  const pieces: { start: number; end: number; nats: number }[] = [];
  for (const item of items) {
    const last = pieces.at(-1);
    const from = Math.max(item.start, start);
    if (last !== undefined && from < last.end) {
      pieces[pieces.length - 1] = { start: last.start, end: Math.max(last.end, item.end), nats: last.nats + item.nats };
    } else if (item.end > from) pieces.push({ start: from, end: item.end, nats: item.nats });
  }
  return pieces.map((piece) => ({ start: piece.start, piece: text.slice(piece.start, piece.end), nats: piece.nats }));
}
