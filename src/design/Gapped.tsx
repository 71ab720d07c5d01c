import type { ReactNode } from 'react';

interface GappedProps {
  /** What stands around and between the gaps: one more than there are gaps. */
  readonly parts: readonly string[];
  readonly gap: (index: number) => ReactNode;
}

/** A text with something in each of its gaps. */
export function Gapped({ parts, gap }: GappedProps) {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
    <span key={index}>
      {part}
      {index < parts.length - 1 && gap(index)}
    </span>
  ));
}
