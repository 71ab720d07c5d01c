import { MantineProvider } from '@mantine/core';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { cssVariablesResolver, theme } from '../design/theme.ts';
import DataStep from '../steps/data/DataStep.tsx';
import { STEP_TITLES, type StepName } from '../studio/page/steps.ts';
import { useStudio } from '../studio/page/useStudio.ts';
import { ChangeQuestion } from './ChangeQuestion.tsx';
import { Header } from './Header.tsx';
import { LinkNotices } from './LinkNotices.tsx';
import { NewVersion } from './NewVersion.tsx';
import { OneClickBar } from './OneClickBar.tsx';
import { Commands } from './palette/Commands.tsx';
import { StepBoundary } from './StepBoundary.tsx';
import { StepRail } from './StepRail.tsx';
import { useEndNotice } from './useEndNotice.ts';
import { useLeaveWarning } from './useLeaveWarning.ts';
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

function Main() {
  const current = useStudio((state) => state.currentStep);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(current);
  const Step = STEPS[current];
  useEffect(() => {
    document.title = `${STEP_TITLES[current]} · Folio`;
    if (shown.current === current) return;
    shown.current = current;
    window.scrollTo({ top: 0 });
    // "Next" went away with the step that it stood in: go on from here, not from the top of the page.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [current]);
  return (
    <main id="main" ref={main} className="folio-main" tabIndex={-1}>
      <NewVersion />
      <LinkNotices />
      <OneClickBar />
      <StepBoundary key={current}>
        <Suspense fallback={<p className="folio-loading">Opening {STEP_TITLES[current]}</p>}>
          <Step />
        </Suspense>
      </StepBoundary>
    </main>
  );
}
