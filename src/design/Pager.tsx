import { Button, Group } from '@mantine/core';
import { formatCount } from '../studio/page/format.ts';

interface PagerProps {
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
  readonly onChange: (offset: number) => void;
  /** What is paged through, in the plural: "tokens". */
  readonly noun: string;
}

/** "1 to 20 of 1,024 tokens", with the way forth and back. */
export function Pager({ offset, limit, total, onChange, noun }: PagerProps) {
  if (total === 0) return null;
  const last = Math.min(total, offset + limit);
  const turns = [
    { label: 'Previous', to: Math.max(0, offset - limit), disabled: offset === 0 },
    { label: 'Next', to: offset + limit, disabled: last >= total },
  ];
  return (
    <Group component="nav" gap={8} aria-label={`Pages of ${noun}`}>
      <span className="small soft tabular">
        {formatCount(offset + 1)} to {formatCount(last)} of {formatCount(total)} {noun}
      </span>
      {total > limit &&
        turns.map(({ label, to, disabled }) => (
          <Button key={label} size="compact-sm" disabled={disabled} onClick={() => onChange(to)}>
            {label}
          </Button>
        ))}
    </Group>
  );
}
