import type { ReactNode } from 'react';
import './disclosure.css';

interface DisclosureProps {
  /** What is behind it: "More: warm-up, schedule". */
  readonly summary: string;
  /** Told when it is opened or closed, so that what is costly is there only while it is seen. */
  readonly onToggle?: (open: boolean) => void;
  readonly children: ReactNode;
}

/** What few need, behind a line that says what it is. */
export function Disclosure({ summary, onToggle, children }: DisclosureProps) {
  return (
    <details className="disclosure" onToggle={(event) => onToggle?.(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
