import type { FillCandidate } from '../../core/answers.ts';
import { Gapped } from '../../design/Gapped.tsx';
import { ShareBar } from '../../design/ShareBar.tsx';
import { Section } from '../../design/StepPage.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** Puts a candidate in the place of its mask. */
type Use = (mask: number, candidate: FillCandidate) => void;

/** What the model answered last, and to which sentence with which weights. */
export function TestAnswer({ onUse }: { readonly onUse: Use }) {
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
        {changed && <span className="answered-old small faint">Of the sentence before: </span>}
        <BestGuesses text={answeredText} masks={masks} />
      </p>
      <div className="answer-masks">
        {masks.map((candidates, mask) => {
          const title = masks.length === 1 ? 'Behind the mask' : `Mask ${mask + 1}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: masks have no name but their place
            <section key={mask} aria-label={title}>
              <h3>{title}</h3>
              <ol className="plain-list">
                {candidates.map((candidate) => (
                  <Candidate
                    key={candidate.token}
                    candidate={candidate}
                    onUse={changed ? null : () => onUse(mask, candidate)}
                  />
                ))}
              </ol>
            </section>
          );
        })}
      </div>
    </Section>
  );
}

interface BestGuessesProps {
  readonly text: string;
  readonly masks: readonly (readonly FillCandidate[])[];
}

/** The sentence with the likeliest token in every mask. */
function BestGuesses({ text, masks }: BestGuessesProps) {
  const best = masks.map(([first]) => first?.tokenStr);
  // A mask takes the white space on its left, and its token brings its own.
  const parts = text.split('<mask>').map((part, index) => (best[index] === undefined ? part : part.trimEnd()));
  return (
    <Gapped
      parts={parts}
      gap={(index) => {
        const token = best[index];
        if (token === undefined) return null;
        const isFirst = index === 0 && parts[0] === '';
        return (
          <>
            {/* The space belongs to the sentence: the mark is around the word alone. */}
            {/^\s/u.test(token) && !isFirst && ' '}
            <span className="answered-guess">{shownToken(token)}</span>
          </>
        );
      }}
    />
  );
}

interface CandidateProps {
  readonly candidate: FillCandidate;
  /** null: the sentence has changed since. */
  readonly onUse: (() => void) | null;
}

/** A token that the model would put behind a mask, with its probability and the whole sentence. */
function Candidate({ candidate: { score, token, tokenStr, sequence }, onUse }: CandidateProps) {
  const shown = shownToken(tokenStr);
  return (
    <li className="candidate">
      {onUse === null ? (
        <span className="candidate-word">{shown}</span>
      ) : (
        <button
          type="button"
          className="candidate-word pressed-word plain-button"
          onClick={onUse}
          aria-label={`Put “${shown}” in the sentence`}
        >
          {shown}
        </button>
      )}
      <ShareBar share={score} height={10} className="candidate-bar" />
      <span className="candidate-score small tabular">{formatShare(score)}</span>
      <span className="candidate-id mono faint">id {token}</span>
      <span className="candidate-sequence book faint">{readable(sequence)}</span>
    </li>
  );
}

/** The sequence without the special tokens around it, which transformers keeps where there are several masks. */
function readable(sequence: string): string {
  return sequence
    .replace(/^<s>|<\/s>$/gu, '')
    .replaceAll('<mask>', ' <mask>')
    .trim();
}
