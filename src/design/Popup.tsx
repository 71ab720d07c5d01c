import { type ReactNode, type ToggleEvent, useId, useState } from 'react';
import './popup.css';

interface PopupProps {
  /** Of the button: "Why these defaults?". */
  readonly label: string;
  readonly title: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A small button, and what it shows over the page until Escape, Close or a press elsewhere. */
export function Popup({ label, title, className = 'link-button', children }: PopupProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const follow = (event: ToggleEvent<HTMLDivElement>): void => setOpen(event.newState === 'open');
  return (
    <>
      <button type="button" className={className} popoverTarget={id}>
        {label}
      </button>
      {/* Single keys are off while a dialogue is there: it is one only while it is open. */}
      <div
        id={id}
        popover="auto"
        className="popup"
        onBeforeToggle={follow}
        {...(open && { role: 'dialog', 'aria-label': title })}
      >
        {open && (
          <>
            <h2>{title}</h2>
            {children}
            <button type="button" className="link-button" popoverTarget={id} popoverTargetAction="hide">
              Close
            </button>
          </>
        )}
      </div>
    </>
  );
}

/** Terms and what they mean. */
export function Definitions({ of }: { readonly of: Readonly<Record<string, string>> }) {
  return (
    <dl className="definitions small">
      {Object.entries(of).map(([term, meaning]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className="soft">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
