import type { ReactNode } from 'react';
import './figure.css';

interface FigureProps {
  readonly label: string;
  /** The number, formatted; "–" where there is none yet. */
  readonly number: string;
  readonly unit?: string;
  /** A lighter line under it. */
  readonly note?: ReactNode;
}

/** A number that can be trusted: its name above, its unit lighter beside it. Stands in `Figures`. */
export function Figure({ label, number, unit, note }: FigureProps) {
  return (
    <div className="figure">
      <dt className="figure-label">{label}</dt>
      <dd className="figure-value">
        <span className="figure-number">{number}</span>
        {unit !== undefined && <span className="figure-unit"> {unit}</span>}
        {note !== undefined && <span className="figure-note">{note}</span>}
      </dd>
    </div>
  );
}

/** Figures side by side. */
export function Figures({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <dl className="figures" aria-label={label}>
      {children}
    </dl>
  );
}
