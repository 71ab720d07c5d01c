import { Button } from '@mantine/core';
import { useId } from 'react';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { VerifyReport } from './verifyReport.ts';

/** Reads what was written with other libraries than Folio's own, in the page, and compares. */
export function ExportVerify() {
  const written = useStudio((state) => state.exportBundle.written);
  const verifying = useStudio((state) => state.exportBundle.verifying);
  const verified = useStudio((state) => state.exportBundle.verified);
  const busy = useStudio(selectBusy);
  const { verifyBundle } = useActions();
  const reasonId = useId();
  const reason =
    written === null
      ? 'Download the zip or save the folder first: what was written is what is read.'
      : (busy ?? (verifying ? 'Transformers.js reads the bundle and fills ten masked lines.' : null));
  return (
    <Section
      title="Verify it"
      note="Loads what was just written with Transformers.js and onnxruntime, in this page and from its own address, and opens it once more with Folio. Both are compared with the model that is here."
    >
      <div className="action-bar">
        <Button
          variant="default"
          size="xs"
          disabled={reason !== null}
          aria-describedby={reasonId}
          onClick={() => void verifyBundle()}
        >
          Verify
        </Button>
        <p id={reasonId} className="action-bar-note" role="status">
          {reason ?? (verified === null ? 'The runtime is 27 MB and is loaded only now.' : verdict(verified))}
        </p>
      </div>
      {verified !== null && (
        <>
          <Figures label="What Verify found">
            {verified.javascript !== null && (
              <>
                <Figure
                  label="Transformers.js"
                  number={exponential(verified.javascript.largestDifference)}
                  note="largest difference of a logit"
                />
                <Figure
                  label="Same first guess"
                  number={shareOf(verified.javascript)}
                  note="masks, in Transformers.js"
                />
              </>
            )}
            <Figure
              label="Opened again"
              number={exponential(verified.reopened.largestDifference)}
              note="largest difference of a logit"
            />
            <Figure
              label="Weights"
              number={verified.reopened.sameWeights ? 'equal' : 'rounded'}
              note={verified.reopened.sameWeights ? 'bit for bit' : 'as float16 was chosen'}
            />
          </Figures>
          {verified.javascript === null ? (
            <Lines report={verified.reopened} reader="Opened again" />
          ) : (
            <Lines report={verified.javascript} reader="In Transformers.js" />
          )}
        </>
      )}
    </Section>
  );
}

/** Float32 sums differ in their last digits with the order of the terms. */
const AGREEMENT = 1e-4;

function verdict({
  javascript,
  reopened,
}: {
  readonly javascript: VerifyReport | null;
  readonly reopened: VerifyReport;
}): string {
  const reports = javascript === null ? [reopened] : [javascript, reopened];
  const sameTokens = reports.every(
    ({ sameTokens: same, masks, lines }) => same === masks && lines.every((l) => l.sameIds),
  );
  const close = reports.every(({ largestDifference }) => largestDifference < AGREEMENT);
  if (sameTokens && close) return 'They agree: the same tokens, the same guesses, logits equal to four digits.';
  if (sameTokens) return 'The same tokens and the same guesses; logits differ by what the chosen precision rounds.';
  return 'They do not agree everywhere: see the lines below. A coarser precision may change a close guess.';
}

const exponential = (difference: number): string => (difference === 0 ? '0' : difference.toExponential(1));

const shareOf = ({ sameTokens, masks }: VerifyReport): string => `${formatCount(sameTokens)} of ${formatCount(masks)}`;

/** Every line as it is filled in here, and whether the other reader says the same. */
function Lines({ report, reader }: { readonly report: VerifyReport; readonly reader: string }) {
  return (
    <table className="bundle verify-lines">
      <thead>
        <tr>
          <th scope="col">As it is filled in here</th>
          <th scope="col">{reader}</th>
        </tr>
      </thead>
      <tbody>
        {report.lines.map((line) => (
          <tr key={line.text}>
            <td>
              <FilledLine text={line.text} guesses={line.ours} />
            </td>
            <td>{answerOf(line)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FilledLine({ text, guesses }: { readonly text: string; readonly guesses: readonly string[] }) {
  return (
    <span className="book">
      {text.split('<mask>').map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change places
        <span key={index}>
          {index > 0 && <mark className="verify-guess">{guesses[index - 1]?.trim() || '·'}</mark>}
          {part}
        </span>
      ))}
    </span>
  );
}

function answerOf({ ours, theirs, sameIds }: VerifyReport['lines'][number]) {
  const different = theirs.filter((token, index) => token !== ours[index]);
  if (different.length > 0) {
    return <strong className="verify-differs">{different.map((token) => `“${token.trim()}”`).join(' and ')}</strong>;
  }
  return sameIds ? 'the same' : <strong className="verify-differs">other token ids</strong>;
}
