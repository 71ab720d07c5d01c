import { Button } from '@mantine/core';
import { BACKEND_NAMES, type BackendName } from '../../core/device.ts';
import { ErrorNotice } from '../../design/Notices.tsx';
import { significant } from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { ModelSelect } from './ModelSelect.tsx';

const TITLES: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  cpu: 'Plain JavaScript',
};

/** What Folio computes on and why, and the way to choose otherwise. */
export function ModelDevice({ lockedReason }: { readonly lockedReason: string | null }) {
  const { choice, report, probing, error } = useStudio((state) => state.device);
  const { chooseDevice } = useActions();
  const choose = (value: string): void => {
    const chosen = (['auto', ...BACKEND_NAMES] as const).find((name) => name === value);
    if (chosen !== undefined) void chooseDevice(chosen);
  };
  const unavailable = report?.backends.filter(({ available }) => !available) ?? [];
  return (
    <div className="device">
      <ModelSelect
        label="Where it is computed"
        term="Device"
        value={choice}
        onChange={choose}
        disabled={probing || lockedReason !== null}
        options={[
          { value: 'auto', label: report && choice === 'auto' ? `automatic: ${TITLES[report.active]}` : 'automatic' },
          ...(report?.backends ?? []).map(({ name, available }) => ({
            value: name,
            label: available ? TITLES[name] : `${TITLES[name]}: not here`,
            disabled: !available,
          })),
        ]}
      />
      <div className="device-words" aria-live="polite">
        {probing && <p>Folio is looking at the device.</p>}
        {lockedReason !== null && <p>{lockedReason}</p>}
        {report !== null && !probing && (
          <>
            <p>
              <strong>{TITLES[report.active]}</strong>
              {report.adapter !== report.active && `, ${report.adapter}`}
            </p>
            <p>{report.reason}</p>
          </>
        )}
        {unavailable.length > 0 && (
          <ul>
            {unavailable.map(({ name, note }) => (
              <li key={name}>
                {TITLES[name]}: {note}
              </li>
            ))}
          </ul>
        )}
      </div>
      <MeasureDevices lockedReason={lockedReason} />
      <ErrorNotice error={error} />
    </div>
  );
}

/** Times each device with the sizes chosen, for who does not want to believe the adapter's name. */
function MeasureDevices({ lockedReason }: { readonly lockedReason: string | null }) {
  const { times, measuring } = useStudio((state) => state.device);
  const reason = useStudio(
    (state) =>
      selectBlocked(state, 'model') ??
      selectBusy(state) ??
      firstProblem(state.config, ['model', 'pipeline', 'training']),
  );
  const { measureDevices } = useActions();
  const blocked = lockedReason ?? reason;
  const results = times?.map(({ backend, msPerStep }) =>
    msPerStep === null
      ? `${TITLES[backend]}: no second step within two seconds`
      : `${TITLES[backend]}: ${significant(msPerStep, 2)} ms a step`,
  );
  return (
    <div className="cost-measure device-measure">
      <Button variant="default" disabled={measuring || blocked !== null} onClick={() => void measureDevices()}>
        Measure the devices
      </Button>
      <p className="soft small" aria-live="polite">
        {measuring
          ? 'One layer with your sizes is being timed on each device. This takes five seconds at most.'
          : results !== undefined
            ? `One layer with your sizes: ${results.join('; ')}. Folio moved to the fastest.`
            : (blocked ?? 'Times one layer with your sizes on each device, and takes the fastest.')}
      </p>
    </div>
  );
}
