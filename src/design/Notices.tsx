import { Box, CloseButton } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { describeError } from '../core/errorSentences.ts';
import type { PlainError } from '../core/errors.ts';
import './notices.css';

/** What went wrong, and what to do about it. Draws nothing without an error. */
export function ErrorNotice({ error }: { readonly error: PlainError | null }) {
  const notice = useRef<HTMLDivElement>(null);
  // Whatever was pressed may be far from here: the sentence comes to where the eye is.
  useEffect(() => {
    if (error !== null) notice.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  if (error === null) return null;
  const { what, remedy } = describeError(error);
  return (
    <div ref={notice} className="notice notice-error" role="alert" data-code={error.code}>
      <p>
        <strong>{what}</strong> {remedy}
      </p>
    </div>
  );
}

/** Something that a person should know, and that stays true. */
export function Notice({ children, onClose }: { readonly children: ReactNode; readonly onClose?: () => void }) {
  return (
    <div className="notice" role="status">
      <p>{children}</p>
      {onClose && <CloseButton size="sm" aria-label="Close this notice" onClick={onClose} />}
    </div>
  );
}

/** What stands where there is nothing yet: why, and what to do. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return (
    <Box component="p" py={20} fs="italic" className="book faint">
      {children}
    </Box>
  );
}
