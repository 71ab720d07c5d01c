import { SimpleGrid, Stack } from '@mantine/core';
import { type BackendChoice, DEVICE_TITLES } from '../../core/device.ts';
import { SelectField } from '../../design/Field.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { significant } from '../../studio/page/format.ts';
import { selectRefusal, selectSettingsLocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { Measure } from './ModelCost.tsx';

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
