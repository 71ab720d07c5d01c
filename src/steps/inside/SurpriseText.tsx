import { Group, Stack } from '@mantine/core';
import { useRovingIndex } from '@mantine/hooks';
import { type ComponentProps, type CSSProperties, Fragment, useMemo, useState } from 'react';
import type { SurprisingWord, TokenSurprise } from '../../core/inside/textSurprise.ts';
import { shownToken } from '../../design/showSpaces.ts';
import { isolated } from '../../design/textDirection.ts';
import { formatCount, formatShare, significant } from '../../studio/page/format.ts';
import './inside.css';

/** Nats from which a token is as dark as it gets: a probability of one in 3,000. */
const DARKEST = 8;

/** The passage, the darker where it surprises; a word's figures on pointing at it, or by the arrow keys. */
export function SurpriseText({ text, words }: { readonly text: string; readonly words: readonly SurprisingWord[] }) {
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
