import { Textarea } from '@mantine/core';
import type { RefObject } from 'react';
import { fieldWords } from '../../design/Field.tsx';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

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
  return (
    <Textarea
      ref={field ?? null}
      className="written-text"
      {...fieldWords({
        label: 'Sentence',
        explanation: canFill
          ? 'Type <mask> where a word is missing, or press a word below to hide it.'
          : 'Any line. The tokens below are those that the model reads.',
      })}
      value={text}
      onChange={(event) => (onType ?? setTestText)(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (canFill && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void fillMask(5);
      }}
      autosize
      minRows={canFill ? 2 : 1}
      maxRows={8}
      spellCheck={false}
    />
  );
}
