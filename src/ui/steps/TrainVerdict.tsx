import type { RunSummary } from '../../engine/handlers/train.ts';
import { formatCount, formatShare } from '../../store/format.ts';
import type { RunRecord } from '../../store/train.ts';
import { Figure, Figures } from '../design/Figure.tsx';
import { learnsByHeartSince } from './heldOutCurve.ts';
import { verdictOf } from './trainVerdict.ts';

/** What came of the run: in words, and the figures of the last held-out pass. */
export function TrainVerdict({ run: { summary, log } }: { readonly run: RunRecord }) {
  if (summary === null) return null;
  const { heldOut } = summary;
  return (
    <div className="verdict-block">
      <p className="verdict">{verdictOf(summary, learnsByHeartSince(log)).join(' ')}</p>
      {heldOut !== null && <FinalFigures heldOut={heldOut} />}
    </div>
  );
}

function FinalFigures({ heldOut }: { readonly heldOut: NonNullable<RunSummary['heldOut']> }) {
  const { loss, standardError, documentError, bitsPerByte, top1, top5, wordAccuracy, calibrationError } = heldOut;
  return (
    <Figures label="The last look at held-out text">
      <Figure
        label="Held-out loss"
        number={loss.toFixed(3)}
        unit={`± ${standardError.toFixed(3)}`}
        note={`${formatCount(heldOut.tokens)} hidden tokens; other documents: ± ${Number.isNaN(documentError) ? '–' : documentError.toFixed(2)}`}
      />
      <Figure label="Bits a byte" number={bitsPerByte.toFixed(3)} note="compares across vocabularies" />
      <Figure label="First guess right" number={formatShare(top1)} note={`among five: ${formatShare(top5)}`} />
      {wordAccuracy !== null && (
        <Figure label="Whole words right" number={formatShare(wordAccuracy)} note="all pieces hidden at once" />
      )}
      <Figure
        label="Calibration error"
        number={formatShare(calibrationError)}
        note="between how sure it is and how often it is right"
      />
    </Figures>
  );
}
