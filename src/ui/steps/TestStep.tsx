import { Textarea } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { selectBlocked } from '../../store/selectors.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { ActionBar } from '../design/ActionBar.tsx';
import { FieldLabel } from '../design/Field.tsx';
import { Empty, ErrorNotice } from '../design/Notices.tsx';
import { Section, StepPage } from '../design/StepPage.tsx';
import { NeededStep } from '../NeededStep.tsx';
import { countMasks } from './maskedSentence.ts';
import { TestAnswer } from './TestAnswer.tsx';
import { TestEditor } from './TestEditor.tsx';
import './TestStep.css';
import { TestMeaning } from './meanings.tsx';
import { useMaskedSentence } from './useMaskedSentence.ts';

const SUGGESTIONS = 6;

/** Step 6: a sentence, words to hide in it, and what the model would put there. */
export default function TestStep() {
  const text = useStudio((state) => state.test.text);
  const error = useStudio((state) => state.steps.test.error);
  const busy = useStudio((state) => state.steps.test.busy);
  const blocked = useStudio((state) => selectBlocked(state, 'test'));
  const { fillMask } = useActions();
  const { hidden, type, hide, show, put } = useMaskedSentence();
  const field = useRef<HTMLTextAreaElement>(null);
  const reason = blocked ?? (countMasks(text) === 0 ? 'Hide a word first: press one below, or type <mask>.' : null);
  return (
    <StepPage
      title="Test"
      lead="Write a line, hide a word, and see what your model would put there."
      meaning={<TestMeaning />}
      actions={
        <ActionBar
          label="Fill in the masks"
          onClick={() => void fillMask(5)}
          disabledReason={blocked}
          note={busy ? 'The model is reading.' : (reason ?? 'Or press Ctrl and Enter in the sentence.')}
        >
          <NeededStep before="test" />
        </ActionBar>
      }
    >
      {blocked !== null ? (
        <Empty>{blocked}</Empty>
      ) : (
        <>
          <div className="test-sentence">
            <Textarea
              ref={field}
              className="field"
              label={<FieldLabel label="Sentence" />}
              description="Type <mask> where a word is missing, or press a word below to hide it."
              inputWrapperOrder={['label', 'input', 'description']}
              value={text}
              onChange={(event) => type(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void fillMask(5);
              }}
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
            />
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
      )}
    </StepPage>
  );
}

/** Held-out verses to start from. */
function Suggestions({ onChoose }: { readonly onChoose: (text: string) => void }) {
  const suggestions = useStudio((state) => state.test.suggestions);
  const { loadSuggestions } = useActions();
  const runs = useStudio((state) => state.train.runs.length);
  const askedFor = useRef(-1);
  useEffect(() => {
    if (askedFor.current === runs) return;
    askedFor.current = runs;
    void loadSuggestions(SUGGESTIONS);
  }, [runs, loadSuggestions]);
  if (suggestions.length === 0) return null;
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
