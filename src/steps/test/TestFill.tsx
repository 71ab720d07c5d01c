import { useEffect, useRef } from 'react';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { readStudio, useStudio } from '../../studio/page/useStudio.ts';
import { TestAnswer } from './TestAnswer.tsx';
import { TestEditor } from './TestEditor.tsx';
import { TestSentence } from './TestSentence.tsx';
import { useMaskedSentence } from './useMaskedSentence.ts';
import { useSuggestions } from './useSuggestions.ts';

/** Masks and what the model would put there. */
export function TestFill() {
  const text = useStudio((state) => state.test.text);
  const error = useStudio((state) => state.steps.test.error);
  const { hidden, type, hide, show, put } = useMaskedSentence();
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <div className="test-sentence">
        <TestSentence field={field} onType={type} />
        <TestEditor
          text={text}
          hidden={hidden}
          onHide={hide}
          onShow={(mask) => {
            if (show(mask)) return;
            field.current?.focus();
            field.current?.setSelectionRange(mask.start, mask.start + mask.text.length);
          }}
        />
      </div>
      <ErrorNotice error={error} />
      <TestAnswer onUse={put} />
      <Suggestions onChoose={type} />
    </>
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
      <ul className="suggestions">
        {suggestions.map((suggestion) => (
          <li key={suggestion}>
            <button type="button" className="suggestion" onClick={() => onChoose(suggestion)}>
              {suggestion.split('<mask>').map((part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change places
                <span key={index}>
                  {index > 0 && <span className="suggestion-gap">&lt;mask&gt;</span>}
                  {part}
                </span>
              ))}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
