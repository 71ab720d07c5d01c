import type { ReactNode } from 'react';
import './figure.css';

interface FigureProps {
  readonly label: string;
  /** The number, formatted; "–" where there is none yet. */
  readonly number: string;
  readonly unit?: string;
  readonly note?: ReactNode;
}

/** A number that can be trusted: its name above, its unit lighter beside it. Stands in `Figures`. */
export function Figure({ label, number, unit, note }: FigureProps) {
  return (
    <div className="figure">
      <dt className="tiny soft">{label}</dt>
      <dd>
        <span className="figure-number book">{number}</span>
        {unit !== undefined && <span className="small faint"> {unit}</span>}
        {note !== undefined && <div className="tiny faint">{note}</div>}
      </dd>
    </div>
  );
}

interface FiguresProps {
  readonly label: string;
  /** The least width of a column in pixels. */
  readonly width?: number;
  readonly children: ReactNode;
}

/** Figures side by side. */
export function Figures({ label, width, children }: FiguresProps) {
  return (
    <dl
      className="figures"
      aria-label={label}
      style={width === undefined ? {} : { gridTemplateColumns: `repeat(auto-fill, minmax(${width}px, 1fr))` }}
    >
      {children}
    </dl>
  );
}
