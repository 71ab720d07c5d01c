import { Box, Button, Group, Progress, type ProgressProps } from '@mantine/core';
import { formatTimeLeft } from '../studio/page/format.ts';

interface ProgressLineProps {
  readonly label: string;
  /** 0 to 1; null: not known yet. */
  readonly done: number | null;
  /** Figures beside it, such as "1,200 merges per second". */
  readonly detail?: string;
  /** null: not known yet; undefined: not shown. */
  readonly secondsLeft?: number | null;
  readonly onCancel?: () => void;
}

/** How far something is, how long it will still take, and the way out. */
export function ProgressLine({ label, done, detail, secondsLeft, onCancel }: ProgressLineProps) {
  const percent = done === null ? null : Math.round(100 * Math.min(1, Math.max(0, done)));
  return (
    <Group gap={16} wrap="nowrap">
      <Box flex={1} miw={0}>
        <Group justify="space-between" gap="2px 16px" mb={6} className="small">
          <span>{label}</span>
          <Group gap="2px 16px" className="soft tabular">
            {percent !== null && <span>{percent}%</span>}
            {detail !== undefined && <span>{detail}</span>}
            {secondsLeft !== undefined && <span>{formatTimeLeft(secondsLeft)}</span>}
          </Group>
        </Group>
        <Progress.Root
          size={3}
          radius={0}
          bg="var(--hairline)"
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          {...(percent !== null && { 'aria-valuenow': percent })}
        >
          <Progress.Section withAria={false} value={percent ?? 0} />
        </Progress.Root>
      </Box>
      {onCancel && (
        <Button size="xs" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </Group>
  );
}

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
