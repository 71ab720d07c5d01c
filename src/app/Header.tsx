import type { DeviceReport } from '../core/device.ts';
import { useScheme } from '../design/useScheme.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';
import { Key } from './palette/Key.tsx';
import './header.css';

/** The name, what Folio computes on, the way to every command, and the colour scheme. */
export function Header({ onCommands }: { readonly onCommands: () => void }) {
  return (
    <header className="header">
      <p className="header-name">
        <span className="header-title">Folio</span>
        <span className="header-motto">a BERT of your own, trained on this page</span>
      </p>
      <DeviceLine />
      <button type="button" className="header-commands plain-button" aria-haspopup="dialog" onClick={onCommands}>
        Commands
        <span className="header-key" aria-hidden="true">
          <Key name="Ctrl K" />
        </span>
      </button>
      <SchemeToggle />
    </header>
  );
}

const NAMES: Readonly<Record<DeviceReport['active'], string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  cpu: 'plain JavaScript',
};

function DeviceLine() {
  const report = useStudio((state) => state.device.report);
  const probing = useStudio((state) => state.device.probing);
  const { goTo } = useActions();
  if (report === null)
    return <span className="header-device">{probing ? 'Looking at this device' : 'Device not known'}</span>;
  const software = report.isFallbackAdapter ? ', software' : '';
  return (
    <button type="button" className="header-device plain-button" onClick={() => goTo('model')} title={report.reason}>
      <span className="visually-hidden">Device: </span>
      {NAMES[report.active]}
      <span className="header-adapter">{report.adapter === report.active ? '' : `, ${report.adapter}`}</span>
      {report.adapter.includes('software') ? '' : software}
    </button>
  );
}

/** Light or dark: as the system says until it is pressed, remembered afterwards. */
function SchemeToggle() {
  const { other, toggle } = useScheme();
  return (
    <button
      type="button"
      className="header-scheme plain-button"
      onClick={toggle}
      aria-label={`Use the ${other} colours`}
      title={`Use the ${other} colours`}
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor" />
      </svg>
    </button>
  );
}
