import { Button, Group, SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { counted } from '../../core/counts.ts';
import { type BackendChoice, DEVICE_TITLES } from '../../core/device.ts';
import { SelectField } from '../../design/Field.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import {
  formatCount,
  formatDuration,
  formatLarge,
  formatSize,
  significant,
  sizeQuantity,
} from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectRefusal, selectSettingsLocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { estimateModel } from './modelEstimate.ts';

/** What the model costs before anything is allocated: counted, estimated, and on request measured. */
export function ModelCost({ vocabSize }: { readonly vocabSize: number }) {
  const config = useStudio((state) => state.config);
  const { calibration, calibratedWith, calibrating } = useStudio((state) => state.model);
  const backend = useStudio((state) => state.device.report?.active ?? null);
  const blocked = useStudio((state) => selectRefusal(state, 'model'));
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
          note="weights, gradients, optimizer state, activations"
        />
        <Figure
          label={`Time for ${counted(steps, 'step')}`}
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

/** What Folio computes on and why, and the way to choose otherwise. */
export function ModelDevice() {
  const lockedReason = useStudio((state) => selectSettingsLocked(state, 'model'));
  const { choice, report, probing, error } = useStudio((state) => state.device);
  const { chooseDevice } = useActions();
  const automatic = report && choice === 'auto' ? `automatic: ${DEVICE_TITLES[report.active]}` : 'automatic';
  const backends = report?.backends ?? [];
  return (
    <Stack gap={16} className="device">
      <SimpleGrid minColWidth="min(100%, 240px)" autoFlow="auto-fit" spacing={32} verticalSpacing={16}>
        <SelectField<BackendChoice>
          label="Device"
          value={choice}
          onChange={(chosen) => void chooseDevice(chosen)}
          disabled={probing || lockedReason !== null}
          data={[
            { value: 'auto', label: automatic },
            ...backends.map(({ name, available }) => ({
              value: name,
              label: available ? DEVICE_TITLES[name] : `${DEVICE_TITLES[name]}: not available`,
              disabled: !available,
            })),
          ]}
        />
        <Stack gap={4} className="small soft" aria-live="polite">
          {probing && <p>Folio is checking the device.</p>}
          {lockedReason !== null && <p>{lockedReason}</p>}
          {report !== null && !probing && (
            <>
              <p>
                <strong>{DEVICE_TITLES[report.active]}</strong>
                {report.adapter !== report.active && `, ${report.adapter}`}
              </p>
              <p>{report.reason}</p>
            </>
          )}
          {backends.map(
            ({ name, available, note }) =>
              !available && (
                <p key={name} className="faint">
                  {DEVICE_TITLES[name]}: {note}
                </p>
              ),
          )}
        </Stack>
      </SimpleGrid>
      <MeasureDevices />
      <ErrorNotice error={error} />
    </Stack>
  );
}

/** Times each device with the sizes chosen, for who does not want to believe the adapter's name. */
function MeasureDevices() {
  const { times, measuring } = useStudio((state) => state.device);
  const blocked = useStudio((state) => selectRefusal(state, 'model'));
  const { measureDevices } = useActions();
  const results = times?.map(({ backend, msPerStep }) => {
    const time =
      msPerStep === null ? 'too slow (no second step within two seconds)' : `${significant(msPerStep, 2)} ms per step`;
    return `${DEVICE_TITLES[backend]}: ${time}`;
  });
  return (
    <Measure label="Compare the devices" onClick={measureDevices} disabled={measuring || blocked !== null}>
      {measuring
        ? 'One layer with your sizes is being timed on each device. This takes five seconds at most.'
        : results !== undefined
          ? `One layer with your sizes: ${results.join('; ')}. Folio chose the fastest.`
          : (blocked ?? 'Times one layer with your sizes on each device, and chooses the fastest.')}
    </Measure>
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
function Measure({ label, onClick, disabled, children }: MeasureProps) {
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
