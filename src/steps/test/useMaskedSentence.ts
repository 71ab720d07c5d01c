import { useState } from 'react';
import type { FillCandidate } from '../../core/answers.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import {
  hideWord,
  type MaskedSentence,
  putToken,
  type SentencePiece,
  sentenceOf,
  showWord,
  typeSentence,
} from './maskedSentence.ts';

interface MaskedSentenceEditor {
  /** The word behind each mask; null where it is not known. */
  readonly hidden: readonly (string | null)[];
  type(text: string): void;
  hide(word: SentencePiece): void;
  /** Shows the word behind a mask again. @returns whether it is known */
  show(mask: SentencePiece): boolean;
  /** Puts a candidate in the place of a mask. */
  put(mask: number, candidate: FillCandidate): void;
}

/** The sentence of the Test step, with a memory for the words that were hidden. */
export function useMaskedSentence(): MaskedSentenceEditor {
  const text = useStudio((state) => state.test.text);
  const { setTestText } = useActions();
  const [memory, setMemory] = useState<MaskedSentence>(() => sentenceOf(text));
  // A text that was set from elsewhere has nothing behind its masks.
  const sentence = memory.text === text ? memory : sentenceOf(text);
  const change = (next: MaskedSentence): void => {
    setMemory(next);
    setTestText(next.text);
  };
  return {
    hidden: sentence.hidden,
    type: (typed) => change(typeSentence(sentence, typed)),
    hide: (word) => change(hideWord(sentence, word)),
    show: ({ mask }) => {
      const word = sentence.hidden[mask] ?? null;
      if (word !== null) change(showWord(sentence, mask, word));
      return word !== null;
    },
    put: (mask, { tokenStr }) => change(putToken(sentence, mask, tokenStr)),
  };
}
