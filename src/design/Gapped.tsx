import type { ReactNode } from 'react';

/** A text with something in each gap. @param parts what stands around the gaps, one more than there are */
export function Gapped({
  parts,
  gap,
}: {
  readonly parts: readonly string[];
  readonly gap: (index: number) => ReactNode;
}) {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
    <span key={index}>
      {part}
      {index < parts.length - 1 && gap(index)}
    </span>
  ));
}
