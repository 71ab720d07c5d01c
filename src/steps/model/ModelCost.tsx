import { Button } from '@mantine/core';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty } from '../../design/Notices.tsx';
import {
  formatCount,
  formatDuration,
  formatLarge,
  formatSize,
  significant,
  sizeQuantity,
} from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { estimateModel } from './modelEstimate.ts';

/** What the model costs before anything is allocated: counted, estimated, and on request measured. */
export function ModelCost({ vocabSize }: { readonly vocabSize: number }) {
  const config = useStudio((state) => state.config);
  const calibration = useStudio((state) => state.model.calibration);
  const calibratedWith = useStudio((state) => state.model.calibratedWith);
  const backend = useStudio((state) => state.device.report?.active ?? null);
  const problem = firstProblem(config, ['model', 'pipeline', 'training']);
  if (problem !== null) return <Empty>The cost is counted as soon as the settings fit together.</Empty>;
  const estimate = estimateModel(config, vocabSize);
  const memory = sizeQuantity(estimate.memoryBytes);
  const { steps } = config.training;
  // A figure of another device says nothing about this one; one of other sizes does, by the operations of a step.
  const measured = calibratedWith?.backend === backend ? estimateModel(calibratedWith.config, vocabSize) : null;
  const scale = measured === null ? 1 : estimate.flopsPerStep / measured.flopsPerStep;
  const msPerStep = calibration === null || measured === null ? null : scale * calibration.msPerStep;
  return (
    <div className="cost">
      <Figures label="What this model costs">
        <Figure
          label="Parameters"
          number={formatCount(estimate.parameters)}
          note={`${formatSize(estimate.weightBytes)} of weights`}
        />
        <Figure
          label="Memory while training"
          number={memory.number}
          unit={memory.unit}
          note="weights, gradients, AdamW, activations"
        />
        <Figure
          label={`Time for ${formatCount(steps)} steps`}
          number={msPerStep === null ? '–' : `≈ ${formatDuration((steps * msPerStep) / 1000)}`}
          note={
            msPerStep === null
              ? `not measured; ${formatLarge(estimate.flopsPerStep)} operations a step`
              : `${significant(msPerStep, 3)} ms a step${Math.abs(scale - 1) > 1e-9 ? ', scaled from other sizes' : ''}`
          }
        />
      </Figures>
      <MeasureButton />
    </div>
  );
}

function MeasureButton() {
  const calibrating = useStudio((state) => state.model.calibrating);
  const reason = useStudio((state) => selectBlocked(state, 'model') ?? selectBusy(state));
  const { calibrate } = useActions();
  return (
    <div className="cost-measure">
      <Button variant="default" disabled={reason !== null} onClick={() => void calibrate()}>
        Measure on this device
      </Button>
      <p className="soft small" aria-live="polite">
        {calibrating
          ? 'A few real steps are being timed. This takes some seconds.'
          : (reason ?? 'Times a few real steps on a throw-away model.')}
      </p>
    </div>
  );
}
