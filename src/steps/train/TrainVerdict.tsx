import { formatMetric, type HeldOutPoint, METRICS, metricsOf } from '../../core/metrics.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { learnsByHeartSince } from './heldOutCurve.ts';
import type { RunRecord } from './trainState.ts';
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

function FinalFigures({ heldOut }: { readonly heldOut: HeldOutPoint }) {
  const { loss, standardError, documentError } = heldOut;
  const rows = metricsOf('heldOut');
  return (
    <Figures label="The last look at held-out text">
      <Figure
        label={METRICS.heldOut.loss.name}
        number={loss.toFixed(3)}
        unit={`± ${standardError.toFixed(3)}`}
        note={`${formatCount(heldOut.tokens)} hidden tokens; other documents: ± ${Number.isNaN(documentError) ? '–' : documentError.toFixed(2)}`}
      />
      {rows.map(([key, metric]) => {
        const [label, note, beside] = metric.figure ?? [];
        if (label === undefined || heldOut[key] === null) return null;
        const also = rows.flatMap(([other, row]) => (other === beside ? formatMetric(row, heldOut[other]) : []));
        return <Figure key={key} label={label} number={formatMetric(metric, heldOut[key])} note={`${note}${also}`} />;
      })}
    </Figures>
  );
}
