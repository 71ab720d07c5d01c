import { type KeyboardEvent, useMemo } from 'react';
import type { SurprisingWord, TokenSurprise } from '../../core/inside/textSurprise.ts';
import { formatShare, plural, significant } from '../../studio/page/format.ts';
import { focusPlace, movedPlace } from './movedPlace.ts';

interface SurpriseTextProps {
  readonly text: string;
  readonly words: readonly SurprisingWord[];
  /** Which word is read out; null: none. */
  readonly chosen: number | null;
  readonly onChoose: (word: number | null) => void;
}

/** Nats from which a token is as dark as it gets: a probability of one in 3,000. */
const DARKEST = 8;

/** The passage, the darker where it surprises; a word's figures on pointing at it, or by the arrow keys. */
export function SurpriseText({ text, words, chosen, onChoose }: SurpriseTextProps) {
  const current = chosen === null ? undefined : words[chosen];
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const next = movedPlace(chosen ?? 0, event.key, words.length);
    if (next === null) return;
    event.preventDefault();
    focusPlace(event.currentTarget, next);
  };
  return (
    <div className="surprise-measured">
      <div className="surprise-readout" aria-live="polite">
        {current === undefined ? (
          <p>Point at a word, or tab to the text and use the arrow keys.</p>
        ) : (
          <Readout word={current} text={text} />
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: the words are one group of controls, and no form */}
      <div className="surprise-text" role="group" aria-label="The passage, word by word" onKeyDown={onKeyDown}>
        {words.map((word, index) => (
          <Word
            key={word.start}
            before={text.slice(words[index - 1]?.end ?? 0, word.start)}
            word={word}
            text={text}
            place={index}
            isChosen={index === chosen}
            reachable={index === (chosen ?? 0)}
            onChoose={onChoose}
          />
        ))}
        {text.slice(words.at(-1)?.end ?? 0)}
      </div>
      <p className="surprise-key" aria-hidden="true">
        <span>expected</span>
        <span className="surprise-scale" />
        <span>surprising ({DARKEST} nats and more)</span>
      </p>
    </div>
  );
}

/** The likeliest guess at each piece of a word, and how likely the piece was. */
function Readout({ word, text }: { readonly word: SurprisingWord; readonly text: string }) {
  return (
    <>
      <p>
        <strong>{word.text}</strong> {significant(word.nats, 3)} nats
        {word.items.length > 1 && ` in ${word.items.length} tokens`}
      </p>
      <p className="surprise-guesses">
        {word.items.map((item) => (
          <span key={`${item.start} ${item.nats}`}>
            <span className="inside-piece">{text.slice(item.start, item.end).trim()}</span> {inWords(item)}
          </span>
        ))}
      </p>
    </>
  );
}

function inWords({ nats, likelier, guess, guessProbability }: TokenSurprise): string {
  const share = formatShare(Math.exp(-nats));
  if (likelier === 0) return `${share}, the first guess`;
  return `${share}, after ${plural(likelier, 'other')}; first “${guess.trim() || '␣'}” with ${formatShare(guessProbability)}`;
}

interface WordProps {
  /** What stands between the word before and this one. */
  readonly before: string;
  readonly word: SurprisingWord;
  readonly text: string;
  readonly place: number;
  readonly isChosen: boolean;
  readonly reachable: boolean;
  readonly onChoose: (word: number) => void;
}

function Word({ before, word, text, place, isChosen, reachable, onChoose }: WordProps) {
  const pieces = useMemo(() => piecesOf(word, text), [word, text]);
  return (
    <>
      {before}
      <button
        type="button"
        className="surprise-word"
        data-place={place}
        data-chosen={isChosen || undefined}
        tabIndex={reachable ? 0 : -1}
        onPointerMove={() => !isChosen && onChoose(place)}
        onFocus={() => onChoose(place)}
        onClick={() => onChoose(place)}
      >
        {pieces.map(({ start, piece, nats }) => (
          <span
            key={start}
            style={{ '--heat': `${Math.round(60 * Math.min(1, nats / DARKEST))}%` } as React.CSSProperties}
          >
            {piece}
          </span>
        ))}
      </button>
    </>
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
