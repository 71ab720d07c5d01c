import type { FillCandidate } from '../../core/answers.ts';
import { formatShare } from '../../studio/page/format.ts';

interface TestCandidatesProps {
  /** One list for each mask, in text order. */
  readonly masks: readonly (readonly FillCandidate[])[];
  /** Puts a candidate in the place of its mask; left out where the sentence has changed since. */
  readonly onUse?: (mask: number, candidate: FillCandidate) => void;
}

/** What the model would put behind each mask: the likeliest first, with its probability and the whole sentence. */
export function TestCandidates({ masks, onUse }: TestCandidatesProps) {
  return masks.map((candidates, mask) => {
    const title = masks.length === 1 ? 'Behind the mask' : `Mask ${mask + 1}`;
    return (
      // Masks have no name but their place.
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <section key={mask} className="candidates" aria-label={title}>
        <h3>{title}</h3>
        <ol>
          {candidates.map((candidate) => (
            <Candidate
              key={candidate.token}
              candidate={candidate}
              {...(onUse !== undefined && { onUse: () => onUse(mask, candidate) })}
            />
          ))}
        </ol>
      </section>
    );
  });
}

function Candidate({ candidate, onUse }: { readonly candidate: FillCandidate; readonly onUse?: () => void }) {
  const { score, token, tokenStr, sequence } = candidate;
  const shown = tokenStr.trim() === '' ? '␣' : tokenStr.trim();
  return (
    <li className="candidate">
      {onUse === undefined ? (
        <span className="candidate-word">{shown}</span>
      ) : (
        <button type="button" className="candidate-word" onClick={onUse} aria-label={`Put “${shown}” in the sentence`}>
          {shown}
        </button>
      )}
      <span className="candidate-bar" aria-hidden="true">
        <span style={{ width: `${100 * score}%` }} />
      </span>
      <span className="candidate-score">{formatShare(score)}</span>
      <span className="candidate-id">id {token}</span>
      <span className="candidate-sequence">{readable(sequence)}</span>
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
