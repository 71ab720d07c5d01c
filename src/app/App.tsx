import { Box, Button, MantineProvider, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Component, lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { StudioError } from '../core/errors.ts';
import { ErrorNotice, Notice } from '../design/Notices.tsx';
import { cssVariablesResolver, theme } from '../design/theme.ts';
import DataStep from '../steps/data/DataStep.tsx';
import { formatCount } from '../studio/page/format.ts';
import { selectBusy, selectUnsaved } from '../studio/page/selectors.ts';
import { STEP_TITLES, type StepName } from '../studio/page/steps.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';
import { Header } from './Header.tsx';
import { OneClickBar } from './OneClickBar.tsx';
import { Commands } from './palette/Commands.tsx';
import { StepRail } from './StepRail.tsx';
import { useEndNotice } from './useEndNotice.ts';
import './app.css';

/** Each step's code is fetched when it is first shown; the first page holds the first step only. */
const STEPS: Readonly<Record<StepName, React.ComponentType>> = {
  data: DataStep,
  tokenizer: lazy(() => import('../steps/tokenizer/TokenizerStep.tsx')),
  pipeline: lazy(() => import('../steps/pipeline/PipelineStep.tsx')),
  model: lazy(() => import('../steps/model/ModelStep.tsx')),
  train: lazy(() => import('../steps/train/TrainStep.tsx')),
  test: lazy(() => import('../steps/test/TestStep.tsx')),
  export: lazy(() => import('../steps/export/ExportStep.tsx')),
};

// Its dialogue is a seventh of the first page's script, and is not needed before somebody changes what was trained with.
const ChangeDialog = lazy(() => import('./ChangeDialog.tsx'));

/** The whole page. */
export function App() {
  useLeaveWarning();
  useEndNotice();
  const [commandsAsked, setCommandsAsked] = useState(0);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <div className="folio">
        <button type="button" className="skip-link" onClick={focusMain}>
          Skip to the step
        </button>
        <button type="button" className="skip-link" onClick={focusActions}>
          Skip to the buttons
        </button>
        <Header onCommands={() => setCommandsAsked((times) => times + 1)} />
        <StepRail />
        <Main />
      </div>
      <ChangeQuestion />
      <Commands asked={commandsAsked} />
    </MantineProvider>
  );
}

/** A button and no link: the address after `#` holds the step and the settings. */
function focusMain(): void {
  document.getElementById('main')?.focus();
}

/** Many fields stand before what to press next. */
function focusActions(): void {
  document.querySelector<HTMLElement>('.step-page-actions button')?.focus();
}

function Main() {
  const current = useStudio((state) => state.currentStep);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(current);
  const Step = STEPS[current];
  usePageTitle(current);
  useEffect(() => {
    if (shown.current === current) return;
    shown.current = current;
    window.scrollTo({ top: 0 });
    // "Next" went away with the step that it stood in: go on from here, not from the top of the page.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [current]);
  return (
    <main id="main" ref={main} className="folio-main" tabIndex={-1}>
      <PageNotices />
      <OneClickBar />
      <StepBoundary key={current}>
        <Suspense
          fallback={
            <Box p={48} className="faint">
              Opening {STEP_TITLES[current]}
            </Box>
          }
        >
          <Step />
        </Suspense>
      </StepBoundary>
    </main>
  );
}

/** "Train 43% · Folio": the step, and how far the run is. */
function usePageTitle(step: StepName): void {
  const percent = useStudio(({ train: { state } }) =>
    state.phase === 'running' || state.phase === 'paused' ? Math.floor((100 * state.step) / state.steps) : null,
  );
  const done = percent === null ? '' : step === 'train' ? ` ${percent}%` : ` · training ${percent}%`;
  useDocumentTitle(`${STEP_TITLES[step]}${done} · Folio`);
}

/** What the page itself has to say, above the step: a newer version, and what was not possible in the link that opened it. */
function PageNotices() {
  const notices = useStudio((state) => state.notices);
  const offered = useStudio((state) => state.runs.offered !== null);
  const update = useStudio((state) => state.offline.update);
  const { dismissNotice } = useActions();
  if (update === 'none' && notices.length === 0 && !offered) return null;
  return (
    <Stack gap={8} px="var(--side)" pt={20}>
      {update !== 'none' && <NewVersion otherTabs={update === 'otherTabs'} />}
      <OfferedRun />
      {notices.map((text) => (
        <Notice key={text} onClose={() => dismissNotice(text)}>
          {text}
        </Notice>
      ))}
    </Stack>
  );
}

/** A run that was interrupted, by a reload for example, with the button that resumes it. */
function OfferedRun() {
  const run = useStudio((state) => state.runs.offered);
  const busy = useStudio((state) => selectBusy(state) !== null);
  const { openRun, resumeRun, declineRun } = useActions();
  if (run === null) return null;
  const { id, name, inUse, step, steps } = run;
  const place = `step ${formatCount(step)} of ${formatCount(steps)}`;
  return (
    <Notice onClose={declineRun}>
      “{name}” {inUse ? `is being trained in another tab; saved at ${place}.` : `was saved at ${place}.`}{' '}
      <Button size="xs" variant="filled" disabled={busy} onClick={() => (inUse ? openRun(id, 'train') : resumeRun(id))}>
        {inUse ? 'Watch' : 'Resume'}
      </Button>
    </Notice>
  );
}

/** A newer version of Folio has arrived. It is offered, and never taken by itself. */
function NewVersion({ otherTabs }: { readonly otherTabs: boolean }) {
  const unsaved = useStudio(selectUnsaved);
  const { takeNewVersion } = useActions();
  return (
    <Notice>
      A new version of Folio is available.{' '}
      {unsaved ? (
        'It starts the next time you open the page; loading it now would cost you the run.'
      ) : (
        <button type="button" className="link-button" onClick={() => void takeNewVersion()}>
          Reload the page to use it
        </button>
      )}
      {otherTabs && ' Other tabs still use the old one: close them first.'}
    </Notice>
  );
}

/** The question before a change that makes a trained model out of date. */
function ChangeQuestion() {
  const pending = useStudio((state) => state.pendingChange !== null);
  const [asked, setAsked] = useState(false);
  if (pending && !asked) setAsked(true);
  return <Suspense fallback={null}>{asked && <ChangeDialog />}</Suspense>;
}

/** Lets the browser ask before the page is closed or reloaded, while that would lose a run or its weights. */
function useLeaveWarning(): void {
  const unsaved = useStudio(selectUnsaved);
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
}

interface Failure {
  readonly failure: StudioError | null;
}

/** Keeps the rest of the page when a step can't be drawn: its code could not be fetched, or it has a mistake. */
class StepBoundary extends Component<{ readonly children: ReactNode }, Failure> {
  override state: Failure = { failure: null };

  static getDerivedStateFromError(thrown: unknown): Failure {
    return { failure: StudioError.from(thrown) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <Stack gap={16} align="flex-start" p={48}>
        <ErrorNotice error={failure.toPlain()} />
        <p className="small soft">The other steps still work, and a run in progress continues.</p>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
      </Stack>
    );
  }
}
