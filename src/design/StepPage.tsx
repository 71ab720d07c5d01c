import { Box } from '@mantine/core';
import type { ReactNode } from 'react';
import { Disclosure } from './Disclosure.tsx';
import './stepPage.css';

interface StepPageProps {
  readonly title: string;
  /** What the step does, in a sentence; null once there is more to see. */
  readonly lead: ReactNode;
  /** What the step means, for a curious person: the margin beside it. */
  readonly meaning: ReactNode;
  /** Whether the work needs the whole width: its meaning is behind "Learn more" then. */
  readonly wide?: boolean;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** One step: title and lead, the work in the middle, its meaning in the margin, what to press at the foot. */
export function StepPage({ title, lead, meaning, wide = false, actions, children }: StepPageProps) {
  return (
    <article className={wide ? 'step-page step-page-wide' : 'step-page'}>
      <header className="step-page-head">
        <h1>{title}</h1>
        {lead !== null && (
          <Box component="p" mt={8} fz="1.1875rem" className="book soft">
            {lead}
          </Box>
        )}
      </header>
      <div className="step-page-body">{children}</div>
      <section className="step-page-margin small soft" aria-label="What this means">
        {wide ? <Disclosure summary="Learn more">{meaning}</Disclosure> : meaning}
      </section>
      {actions !== undefined && actions !== false && <footer className="step-page-actions">{actions}</footer>}
    </article>
  );
}

interface SectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a step, under a hairline. */
export function Section({ title, note, children }: SectionProps) {
  return (
    <section className="section">
      <h2>{title}</h2>
      {note !== undefined && (
        <Box component="p" mt={-10} className="small soft">
          {note}
        </Box>
      )}
      {children}
    </section>
  );
}
