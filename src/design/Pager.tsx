import { Button } from '@mantine/core';
import { formatCount } from '../studio/page/format.ts';
import './pager.css';

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
  return (
    <nav className="pager" aria-label={`Pages of ${noun}`}>
      <span className="pager-words tabular">
        {formatCount(offset + 1)} to {formatCount(last)} of {formatCount(total)} {noun}
      </span>
      {total > limit && (
        <>
          <Button
            variant="default"
            size="compact-sm"
            disabled={offset === 0}
            onClick={() => onChange(Math.max(0, offset - limit))}
          >
            Previous
          </Button>
          <Button variant="default" size="compact-sm" disabled={last >= total} onClick={() => onChange(offset + limit)}>
            Next
          </Button>
        </>
      )}
    </nav>
  );
}
