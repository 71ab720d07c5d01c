import { useMemo } from 'react';
import { type SentencePiece, splitSentence } from './maskedSentence.ts';

interface TestEditorProps {
  readonly text: string;
  /** The word behind each mask; null where it is not known. */
  readonly hidden: readonly (string | null)[];
  readonly onHide: (word: SentencePiece) => void;
  readonly onShow: (mask: SentencePiece) => void;
}

/** The sentence as words to press: a word is hidden, a mask is shown again. */
export function TestEditor({ text, hidden, onHide, onShow }: TestEditorProps) {
  const pieces = useMemo(() => splitSentence(text), [text]);
  if (text.trim() === '') return null;
  return (
    <section className="words" aria-label="Words to hide">
      {pieces.map((piece) => {
        if (piece.kind === 'between') return <span key={piece.start}>{piece.text}</span>;
        if (piece.kind === 'word') {
          return (
            <button
              key={piece.start}
              type="button"
              className="word"
              aria-label={`Mask “${piece.text}”`}
              onClick={() => onHide(piece)}
            >
              {piece.text}
            </button>
          );
        }
        const word = hidden[piece.mask] ?? null;
        return (
          <button
            key={piece.start}
            type="button"
            className="word word-hidden"
            aria-label={word === null ? `Mask ${piece.mask + 1}: write its word` : `Show “${word}” again`}
            onClick={() => onShow(piece)}
          >
            {word ?? `mask ${piece.mask + 1}`}
          </button>
        );
      })}
    </section>
  );
}
