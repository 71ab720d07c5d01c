import { Button } from '@mantine/core';
import { formatTimeLeft } from '../studio/page/format.ts';
import './progressLine.css';

interface ProgressLineProps {
  /** What is being done: "Training the tokenizer". */
  readonly label: string;
  /** 0 to 1; null: not known yet. */
  readonly done: number | null;
  /** Figures beside it, such as "1,200 merges a second". */
  readonly detail?: string;
  /** null: not known yet; undefined: not shown. */
  readonly secondsLeft?: number | null;
  readonly onCancel?: () => void;
}

/** How far something is, how long it will still take, and the way out. */
export function ProgressLine({ label, done, detail, secondsLeft, onCancel }: ProgressLineProps) {
  const percent = done === null ? null : Math.round(100 * Math.min(1, Math.max(0, done)));
  return (
    <div className="progress-line">
      <div className="progress-line-words">
        <span>{label}</span>
        <span className="progress-line-figures tabular">
          {percent !== null && <span>{percent}%</span>}
          {detail !== undefined && <span>{detail}</span>}
          {secondsLeft !== undefined && <span>{formatTimeLeft(secondsLeft)}</span>}
        </span>
      </div>
      <div
        className="progress-line-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent !== null && { 'aria-valuenow': percent })}
      >
        <div className="progress-line-done" style={{ width: `${percent ?? 0}%` }} />
      </div>
      {onCancel && (
        <Button variant="default" size="xs" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}
