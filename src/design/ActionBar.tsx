import { Button } from '@mantine/core';
import { type ReactNode, useId } from 'react';

export interface ActionBarProps {
  readonly label: string;
  readonly onClick: () => void;
  /** Why it can't be pressed now, in a sentence; null: it can. */
  readonly disabledReason?: string | null;
  /** `quiet` once the step is done and the next one is what to press. */
  readonly emphasis?: 'accent' | 'quiet';
  readonly note?: ReactNode;
  readonly size?: 'xs' | 'sm';
  /** Whether the reason and the note are read aloud as they change. */
  readonly spoken?: boolean;
  readonly children?: ReactNode;
}

/** What to press next. A button that can't be pressed has its reason beside it. */
export function ActionBar({ label, onClick, disabledReason = null, emphasis = 'accent', ...more }: ActionBarProps) {
  const reasonId = useId();
  const disabled = disabledReason !== null;
  const beside = disabledReason ?? more.note;
  return (
    <div className="action-bar">
      <Button
        size={more.size ?? 'sm'}
        variant={emphasis === 'accent' ? 'filled' : 'default'}
        onClick={disabled ? undefined : onClick}
        // Not `disabled`: that would take the keyboard's focus away while the step that it started is running.
        {...(disabled && { 'data-disabled': true, 'aria-disabled': true, 'aria-describedby': reasonId })}
      >
        {label}
      </Button>
      {more.children}
      {beside !== undefined && (
        <p id={reasonId} className="action-bar-note" role={more.spoken ? 'status' : undefined}>
          {beside}
        </p>
      )}
    </div>
  );
}
