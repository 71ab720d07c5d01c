import { Textarea } from '@mantine/core';
import { type ChangeEvent, type RefObject, useLayoutEffect, useRef } from 'react';
import { textDirection } from '../../design/textDirection.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { takeMasks } from '../../text/maskedSentence.ts';

interface TestSentenceProps {
  readonly field?: RefObject<HTMLTextAreaElement | null>;
  /** With a memory for hidden words; without, the text is just set. */
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
