import { Button } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface ActionBarProps {
  /** What the button does, as a verb. */
  readonly label: string;
  readonly onClick: () => void;
  /** Why it can't be pressed now, in a sentence; null: it can. */
  readonly disabledReason?: string | null;
  /** `quiet` once the step is done and the next one is what to press. */
  readonly emphasis?: 'accent' | 'quiet';
  /** A line beside the button, such as the result. */
  readonly note?: ReactNode;
  /** More buttons, after the first. */
  readonly children?: ReactNode;
}

/** What to press next. A button that can't be pressed has its reason beside it. */
export function ActionBar({
  label,
  onClick,
  disabledReason = null,
  emphasis = 'accent',
  note,
  children,
}: ActionBarProps) {
  const reasonId = useId();
  const disabled = disabledReason !== null;
  return (
    <div className="action-bar">
      <Button
        variant={emphasis === 'accent' ? 'filled' : 'default'}
        onClick={disabled ? undefined : onClick}
        // Not `disabled`: that would take the keyboard's focus away while the step that it started is running.
        {...(disabled && { 'data-disabled': true, 'aria-disabled': true, 'aria-describedby': reasonId })}
      >
        {label}
      </Button>
      {children}
      {disabled ? (
        <p id={reasonId} className="action-bar-note">
          {disabledReason}
        </p>
      ) : (
        note !== undefined && <p className="action-bar-note">{note}</p>
      )}
    </div>
  );
}
