import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { StudioError } from '../core/errors.ts';
import { ErrorNotice } from '../design/Notices.tsx';

/** Keeps the rest of the page when a step can't be drawn: its code could not be fetched, or it has a mistake. */
export class StepBoundary extends Component<
  { readonly children: ReactNode },
  { readonly failure: StudioError | null }
> {
  override state: { readonly failure: StudioError | null } = { failure: null };

  static getDerivedStateFromError(thrown: unknown): { failure: StudioError } {
    return { failure: StudioError.from(thrown) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <div className="step-failure">
        <ErrorNotice error={failure.toPlain()} />
        <p className="small soft">The other steps still work, and a training that is running goes on.</p>
        <Button variant="default" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
      </div>
    );
  }
}
