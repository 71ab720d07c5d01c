import { Progress, type ProgressProps } from '@mantine/core';

interface ShareBarProps extends Pick<ProgressProps, 'className' | 'style'> {
  /** 0 to 1. */
  readonly share: number;
  /** Pixels. */
  readonly height: number;
}

/** A share as a bar beside its figure. */
export function ShareBar({ share, height, ...place }: ShareBarProps) {
  return (
    <Progress
      aria-hidden="true"
      value={100 * Math.max(0, share)}
      size={height}
      radius={0}
      color="var(--data-predicted)"
      bg="var(--paper-sunken)"
      {...place}
    />
  );
}
