import { Stack } from '@mantine/core';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { Gapped } from '../../design/Gapped.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { textDirection } from '../../design/textDirection.ts';
import { readStudio, useActions, useStudio } from '../../studio/page/useStudio.ts';
import {
  hideWord,
  type MaskedSentence,
  type SentencePiece,
  sentenceOf,
  showWord,
  splitSentence,
  typeSentence,
} from '../../text/maskedSentence.ts';
import { CompareWords } from './CompareWords.tsx';
import { TestAnswer } from './TestAnswer.tsx';
import { TestSentence } from './TestSentence.tsx';
import { useSuggestions } from './useSuggestions.ts';

/** Masks and what the model would put there. */
export function TestFill() {
  const error = useStudio((state) => state.steps.test.error);
  const answered = useStudio((state) => state.test.answer !== null);
  const [sentence, change] = useMaskedSentence();
  const field = useRef<HTMLTextAreaElement>(null);
  const type = (typed: string): void => change(typeSentence(sentence, typed));
  return (
    <>
      <Stack gap={16}>
        <TestSentence field={field} onType={type} />
        <Words sentence={sentence} change={change} field={field} />
      </Stack>
      <ErrorNotice error={error} />
      <TestAnswer onUse={(put) => change(put(sentence))} />
      {answered && (
        <Section title="Words of your own">
          <CompareWords />
        </Section>
      )}
      <Suggestions onChoose={type} />
    </>
  );
}

/** The sentence of the Test step, with a memory for the words that were hidden. */
function useMaskedSentence(): [sentence: MaskedSentence, change: (next: MaskedSentence) => void] {
  const text = useStudio((state) => state.test.text);
  const { setTestText } = useActions();
  const [memory, setMemory] = useState(() => sentenceOf(text));
  const change = (next: MaskedSentence): void => {
    setMemory(next);
    setTestText(next.text);
  };
  // A text that was set from elsewhere has nothing behind its masks.
  return [memory.text === text ? memory : sentenceOf(text), change];
}

interface WordsProps {
  readonly sentence: MaskedSentence;
  readonly change: (next: MaskedSentence) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** The sentence as words to press: a word is hidden, a mask is shown again, or where its word is not known selected in the field. */
function Words({ sentence, change, field }: WordsProps) {
  const pieces = useMemo(() => splitSentence(sentence.text), [sentence.text]);
  if (sentence.text.trim() === '') return null;
  const write = ({ start, text }: SentencePiece): void => {
    field.current?.focus();
    field.current?.setSelectionRange(start, start + text.length);
  };
  return (
    <section className="words" dir={textDirection(sentence.text)} aria-label="Words to hide">
      {pieces.map((piece) => {
        const { kind, text, start, mask } = piece;
        if (kind === 'between') return <span key={start}>{text}</span>;
        const word = kind === 'mask' ? (sentence.hidden[mask] ?? null) : text;
        const [name, press] =
          kind === 'word'
            ? [`Mask “${text}”`, () => change(hideWord(sentence, piece))]
            : word === null
              ? [`Mask ${mask + 1}: write its word`, () => write(piece)]
              : [`Show “${word}” again`, () => change(showWord(sentence, mask, word))];
        return (
          <button
            key={start}
            type="button"
            className="pressed-word plain-button"
            dir="auto"
            data-hidden={kind === 'mask' || undefined}
            aria-label={name}
            onClick={press}
          >
            {word ?? `mask ${mask + 1}`}
          </button>
        );
      })}
    </section>
  );
}

/** Held-out verses to start from; the first goes into the field where nothing is there. */
function Suggestions({ onChoose }: { readonly onChoose: (text: string) => void }) {
  const { data: suggestions, error } = useSuggestions();
  useEffect(() => {
    const { test, actions } = readStudio();
    if (suggestions?.[0] !== undefined && test.text === '') actions.setTestText(suggestions[0]);
  }, [suggestions]);
  if (error !== null) return <ErrorNotice error={error} />;
  if (suggestions === null || suggestions.length === 0) return null;
  return (
    <Section title="Lines to start from" note="From the held-out text: the model has not read them.">
      <ul className="plain-list">
        {suggestions.map((suggestion) => (
          <li key={suggestion}>
            <button
              type="button"
              className="suggestion plain-button book"
              dir={textDirection(suggestion)}
              onClick={() => onChoose(suggestion)}
            >
              <Gapped parts={suggestion.split('<mask>')} gap={() => <code dir="ltr">&lt;mask&gt;</code>} />
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
