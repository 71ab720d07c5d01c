import type { ReactNode } from 'react';
import './disclosure.css';

interface DisclosureProps {
  /** What is behind it: "More: warm-up, schedule". */
  readonly summary: string;
  readonly children: ReactNode;
}

/** What few need, behind a line that says what it is. */
export function Disclosure({ summary, children }: DisclosureProps) {
  return (
    <details className="disclosure">
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
