import { Stack, Textarea } from '@mantine/core';
import { type ChangeEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { Gapped } from '../../design/Gapped.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { textDirection } from '../../design/textDirection.ts';
import { readStudio, useActions, useStudio } from '../../studio/page/useStudio.ts';
import {
  countMasks,
  hideWord,
  type MaskedSentence,
  type SentencePiece,
  sentenceOf,
  showWord,
  splitSentence,
  takeMasks,
  typeSentence,
} from '../../text/maskedSentence.ts';
import { CompareWords } from './CompareWords.tsx';
import { TestAnswer } from './TestAnswer.tsx';
import { SUGGESTIONS, useSuggestions } from './useSuggestions.ts';

/** Masks and what the model would put there. */
export function TestFill() {
  const error = useStudio((state) => state.steps.test.error);
  const answered = useStudio((state) => state.test.answer !== null);
  const [sentence, change] = useMaskedSentence();
  const field = useRef<HTMLTextAreaElement>(null);
  const { data: suggestions, error: refused } = useSuggestions();
  // The first of them is taken as the sentence: the place of its words is kept.
  const coming = refused === null && suggestions?.length !== 0;
  const type = (typed: string): void => change(typeSentence(sentence, typed));
  return (
    <>
      <Stack gap={16}>
        <TestSentence field={field} onType={type} />
        {coming && sentence.text === '' ? (
          <p className="words">&nbsp;</p>
        ) : (
          <Words sentence={sentence} change={change} field={field} />
        )}
      </Stack>
      <ErrorNotice error={error} />
      <TestAnswer onUse={(put) => change(put(sentence))} />
      {answered && (
        <Section title="Compare words">
          <CompareWords />
        </Section>
      )}
      <ErrorNotice error={refused} />
      {refused === null && <Suggestions suggestions={suggestions} onChoose={change} />}
    </>
  );
}

/** The sentence of the Test step, with the words that were hidden where they are known. */
function useMaskedSentence(): [sentence: MaskedSentence, change: (next: MaskedSentence) => void] {
  const { text, hidden } = useStudio((state) => state.test);
  const { setTestText } = useActions();
  const change = (next: MaskedSentence): void => setTestText(next.text, next.hidden);
  return [countMasks(text) === hidden.length ? { text, hidden } : sentenceOf(text), change];
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
    <section className="words book" dir={textDirection(sentence.text)} aria-label="Words to mask">
      {pieces.map((piece) => {
        const { kind, text, start, mask } = piece;
        if (kind === 'between') return <span key={start}>{text}</span>;
        if (kind === 'special')
          return (
            <code key={start} title="Special token: the model reads it as one token, not as these letters">
              {text}
            </code>
          );
        const word = kind === 'mask' ? (sentence.hidden[mask] ?? null) : text;
        const [name, press] =
          kind === 'word'
            ? [`Mask “${text}”`, () => change(hideWord(sentence, piece))]
            : word === null
              ? [`Mask ${mask + 1}: type a word in its place`, () => write(piece)]
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

interface SuggestionsProps {
  /** null: they are being read. */
  readonly suggestions: readonly (MaskedSentence & { readonly heldOut: boolean })[] | null;
  readonly onChoose: (sentence: MaskedSentence) => void;
}

const PLACES = Array.from({ length: SUGGESTIONS }, (_, place) => place);

/** Verses to start from, held-out ones where there are any; the first goes into the field where nothing is there. */
function Suggestions({ suggestions, onChoose }: SuggestionsProps) {
  useEffect(() => {
    const { test, actions } = readStudio();
    const [first] = suggestions ?? [];
    if (first !== undefined && test.text === '') actions.setTestText(first.text, first.hidden);
  }, [suggestions]);
  if (suggestions?.length === 0)
    return <Empty>No line of the text has a word that can be masked. Type a sentence of your own.</Empty>;
  return (
    <Section
      title="Lines to start from"
      note={
        suggestions?.[0]?.heldOut === false
          ? 'From the training text: the model has read them.'
          : 'From the held-out text: the model has not read them.'
      }
    >
      <ul className="plain-list" aria-busy={suggestions === null}>
        {suggestions === null && PLACES.map((place) => <li key={place} className="suggestion book" />)}
        {suggestions?.map((suggestion) => (
          <li key={suggestion.text}>
            <button
              type="button"
              className="suggestion plain-button book"
              dir={textDirection(suggestion.text)}
              onClick={() => onChoose(suggestion)}
            >
              <Gapped parts={suggestion.text.split('<mask>')} gap={() => <code dir="ltr">&lt;mask&gt;</code>} />
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface TestSentenceProps {
  readonly field?: RefObject<HTMLTextAreaElement | null>;
  /** With a memory for masked words; without, the text is just set. */
  readonly onType?: (text: string) => void;
}

/** The sentence that all views of it share. */
export function TestSentence({ field, onType }: TestSentenceProps) {
  const text = useStudio((state) => state.test.text);
  const { fillMask, setTestText } = useActions();
  const canFill = onType !== undefined;
  const caret = useRef<(() => void) | null>(null);
  // A value that is not what was typed puts the caret at the end.
  useLayoutEffect(() => {
    caret.current?.();
    caret.current = null;
  });
  const type = ({ currentTarget: field }: ChangeEvent<HTMLTextAreaElement>): void => {
    const typed = takeMasks(field.value);
    if (typed !== field.value) {
      const place = takeMasks(field.value.slice(0, field.selectionEnd)).length;
      caret.current = () => field.setSelectionRange(place, place);
    }
    (onType ?? setTestText)(typed);
  };
  return (
    <Textarea
      ref={field ?? null}
      className="written-text"
      label="Sentence"
      description={
        canFill
          ? 'Type <mask>, [MASK] or ___ where a word is missing, or click a word below to mask it.'
          : 'Any text. The tokens below are those that the model reads.'
      }
      value={text}
      dir={textDirection(text)}
      onChange={type}
      onKeyDown={(event) => {
        if (canFill && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void fillMask();
      }}
      autosize
      minRows={canFill ? 2 : 1}
      maxRows={8}
    />
  );
}
