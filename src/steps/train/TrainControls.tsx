import { Button } from '@mantine/core';
import { StepBar } from '../../app/stepLinks.tsx';
import { ActionBar } from '../../design/ActionBar.tsx';
import type { RunPhase } from '../../studio/events.ts';
import { formatCount } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

/** Whether a run is under way. */
export function isActive(phase: RunPhase): boolean {
  return phase === 'preparing' || phase === 'running' || phase === 'paused' || phase === 'stopping';
}

/** Start; then Pause or Resume, and Stop. */
export function TrainControls() {
  const phase = useStudio((state) => state.train.state.phase);
  const lookingOn = useStudio((state) => state.train.lookingOn);
  if (lookingOn) return <LookingOnBar />;
  if (phase === 'interrupted') return <GoOnBar />;
  return isActive(phase) ? <RunningBar phase={phase} /> : <StartBar />;
}

/** Another tab trains this run. */
function LookingOnBar() {
  const { goTo } = useActions();
  return (
    <ActionBar
      label="Back to Data"
      onClick={() => goTo('data')}
      emphasis="quiet"
      note="Another tab is training this run, and you are watching it. Pause or stop it in that tab; once the tab is closed, you can resume here."
    />
  );
}

/** The run stands at its last saved step. */
function GoOnBar() {
  const step = useStudio(({ train }) => train.kept?.step ?? train.opened?.step ?? 0);
  const busy = useStudio((state) => (state.runs.opening !== null ? 'The run is being read.' : selectBusy(state)));
  const { continueTraining, startTraining } = useActions();
  return (
    <ActionBar
      label={`Resume from step ${formatCount(step)}`}
      onClick={continueTraining}
      disabledReason={busy}
      note="Resumes exactly from the last checkpoint."
    >
      {busy === null && <Button onClick={() => void startTraining()}>Start a new run</Button>}
    </ActionBar>
  );
}

function RunningBar({ phase }: { readonly phase: RunPhase }) {
  const walking = useStudio((state) => state.oneClick?.phase === 'walking');
  const { controlRun } = useActions();
  const reasons: Partial<Record<RunPhase, string>> = {
    preparing: 'The model is being evaluated before step 1.',
    stopping: 'The final evaluation is running.',
  };
  const notes: Partial<Record<RunPhase, string>> = {
    running: walking ? 'Then Folio moves on to Test.' : 'The other steps can be opened meanwhile.',
    paused: 'Paused. Nothing is lost.',
  };
  return (
    <ActionBar
      label={phase === 'paused' ? 'Resume' : 'Pause'}
      onClick={() => void controlRun(phase === 'paused' ? 'resume' : 'pause')}
      emphasis={phase === 'paused' ? 'accent' : 'quiet'}
      disabledReason={reasons[phase] ?? null}
      note={notes[phase]}
    >
      {phase !== 'stopping' && <Button onClick={() => void controlRun('stop')}>Stop</Button>}
    </ActionBar>
  );
}

function StartBar() {
  const { state: run, hasModel } = useStudio(({ train }) => train);
  const done = useStudio((state) => state.steps.train.result === 'fresh');
  const opened = useStudio((state) => state.openedModel.model !== null);
  const { startTraining } = useActions();
  const next = done && hasModel;
  return (
    <StepBar
      step="train"
      done={next}
      label={opened ? 'Train further' : 'Start training'}
      onClick={() => void startTraining()}
      note={
        next && run.phase === 'stopped'
          ? 'Stopped; the weights so far are kept.'
          : opened
            ? 'Starts from the weights of the opened model.'
            : 'Starts from new weights, drawn from the seed.'
      }
    />
  );
}
