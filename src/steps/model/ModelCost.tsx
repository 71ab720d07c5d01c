import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
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
  const { calibration, calibratedWith, calibrating } = useStudio((state) => state.model);
  const backend = useStudio((state) => state.device.report?.active ?? null);
  const blocked = useStudio((state) => selectBlocked(state, 'model') ?? selectBusy(state));
  const { calibrate } = useActions();
  const problem = firstProblem(config, 'model');
  if (problem !== null) return <Empty>The cost is shown once the settings are valid.</Empty>;
  const estimate = estimateModel(config, vocabSize);
  const { steps } = config.training;
  // A figure of another device says nothing about this one; one of other sizes does, by the operations of a step.
  const measured = calibratedWith?.backend === backend ? estimateModel(calibratedWith.config, vocabSize) : null;
  const scale = measured === null ? 1 : estimate.flopsPerStep / measured.flopsPerStep;
  const msPerStep = calibration === null || measured === null ? null : scale * calibration.msPerStep;
  return (
    <Stack gap={20}>
      <Figures label="What this model costs" width={180}>
        <Figure
          label="Parameters"
          number={formatCount(estimate.parameters)}
          note={`${formatSize(estimate.weightBytes)} of weights`}
        />
        <Figure
          label="Memory while training"
          {...sizeQuantity(estimate.memoryBytes)}
          note="weights, gradients, AdamW, activations"
        />
        <Figure
          label={`Time for ${formatCount(steps)} steps`}
          number={msPerStep === null ? '–' : `≈ ${formatDuration((steps * msPerStep) / 1000)}`}
          note={
            msPerStep === null
              ? `not measured; ${formatLarge(estimate.flopsPerStep)} operations per step`
              : `${significant(msPerStep, 3)} ms per step${Math.abs(scale - 1) > 1e-9 ? ', scaled from other sizes' : ''}`
          }
        />
      </Figures>
      <Measure label="Measure on this device" onClick={calibrate} disabled={blocked !== null}>
        {calibrating
          ? 'A few real steps are being timed. This takes a few seconds.'
          : (blocked ?? 'Times a few real steps on a throwaway model.')}
      </Measure>
    </Stack>
  );
}

interface MeasureProps {
  readonly label: string;
  readonly onClick: () => Promise<unknown>;
  readonly disabled: boolean;
  /** What it does, what it is doing, or why it can't be pressed. */
  readonly children: ReactNode;
}

/** A button that measures, and what there is to say of it, read aloud as it changes. */
export function Measure({ label, onClick, disabled, children }: MeasureProps) {
  return (
    <Group gap="8px 16px" className="cost-measure">
      <Button disabled={disabled} onClick={() => void onClick()}>
        {label}
      </Button>
      <p className="soft small" aria-live="polite">
        {children}
      </p>
    </Group>
  );
}
