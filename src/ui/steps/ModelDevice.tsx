import { BACKEND_NAMES, type BackendName } from '../../core/device.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { ErrorNotice } from '../design/Notices.tsx';
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
      <ErrorNotice error={error} />
    </div>
  );
}
