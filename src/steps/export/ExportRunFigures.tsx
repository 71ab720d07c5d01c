import { METRICS } from '../../core/metrics.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatCount, formatDuration, formatShare } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** The figures of the run that the weights come from. Draws nothing for a run that has no summary. */
export function ExportRunFigures() {
  const summary = useStudio((state) => state.train.runs.at(-1)?.summary ?? null);
  if (summary === null) return null;
  const { heldOutLoss, heldOutStandardError, heldOutTop1, heldOutTop5, firstHeldOutLoss } = summary;
  return (
    <Section title="The run behind it" note="The model card in the folder says the same, and more.">
      <Figures label="The run behind the export">
        <Figure
          label={METRICS.heldOut.loss.name}
          number={heldOutLoss === null ? '–' : heldOutLoss.toFixed(2)}
          {...(heldOutStandardError !== null && { unit: `± ${heldOutStandardError.toFixed(2)}` })}
          {...(firstHeldOutLoss !== null && { note: `from ${firstHeldOutLoss.toFixed(2)} before training` })}
        />
        <Figure
          label={METRICS.heldOut.top1.name}
          number={heldOutTop1 === null ? '–' : formatShare(heldOutTop1)}
          {...(heldOutTop5 !== null && { note: `held out; among five: ${formatShare(heldOutTop5)}` })}
        />
        <Figure label={METRICS.train.loss.name} number={summary.trainLoss.toFixed(2)} note="mean of the last tenth" />
        <Figure
          label="Parameters"
          number={formatCount(summary.parameters)}
          note={`${formatCount(summary.vocabSize)} tokens`}
        />
        <Figure
          label="Training"
          number={formatCount(summary.steps)}
          unit="steps"
          note={`${formatDuration(summary.seconds)} on ${summary.adapter}`}
        />
        <Figure
          label={METRICS.train.tokensPerSecond.name}
          number={formatCount(Number(summary.tokensPerSecond.toPrecision(3)))}
          note="in training"
        />
      </Figures>
    </Section>
  );
}
