import type { FillCandidate } from '../../core/answers.ts';
import { Section } from '../../design/StepPage.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { TestCandidates } from './TestCandidates.tsx';

interface TestAnswerProps {
  readonly onUse: (mask: number, candidate: FillCandidate) => void;
}

/** What the model answered last, and to which sentence with which weights. */
export function TestAnswer({ onUse }: TestAnswerProps) {
  const result = useStudio((state) => state.test.result);
  const answeredText = useStudio((state) => state.test.answeredText);
  const changed = useStudio((state) => state.test.text !== state.test.answeredText);
  if (result === null) return null;
  const { masks, tokens, elapsedMs, step } = result;
  const note =
    `By the weights of step ${formatCount(step)}, in ${Math.max(1, Math.round(elapsedMs))} ms; ` +
    `the sentence has ${formatCount(tokens)} tokens.${masks.length > 1 ? ' Each mask is guessed on its own.' : ''}`;
  return (
    <Section title="What the model would write" note={note}>
      <p className="answered" aria-live="polite">
        {changed && <span className="answered-old">Of the sentence before: </span>}
        {fillBest(answeredText, masks).map(({ text, guessed }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of an answer never change places
          <span key={index} className={guessed ? 'answered-guess' : undefined}>
            {text}
          </span>
        ))}
      </p>
      <div className="answer-masks">
        <TestCandidates masks={masks} {...(!changed && { onUse })} />
      </div>
    </Section>
  );
}

/** The sentence with the likeliest token in every mask. */
function fillBest(
  text: string,
  masks: readonly (readonly FillCandidate[])[],
): { readonly text: string; readonly guessed: boolean }[] {
  return text.split('<mask>').flatMap((part, index) => {
    const best = masks[index]?.[0]?.tokenStr;
    // A mask takes the white space on its left, and its token brings its own.
    const before = { text: best === undefined ? part : part.trimEnd(), guessed: false };
    if (best === undefined) return [before];
    // The space belongs to the sentence: the mark is around the word alone.
    const space = /^\s/u.test(best) && (index > 0 || part.trim() !== '') ? ' ' : '';
    return [
      { ...before, text: before.text + space },
      { text: best.trim() || '␣', guessed: true },
    ];
  });
}
