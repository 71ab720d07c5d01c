import { selectFailed, selectNext, selectStatus } from '../studio/page/selectors.ts';
import { STEP_NAMES, STEP_TITLES, type StepName, type StepStatus } from '../studio/page/steps.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';
import './stepRail.css';

/** How a step stands, in a word. */
export const STATUS_WORDS: Readonly<Record<StepStatus, string>> = {
  locked: 'not ready',
  open: 'ready',
  busy: 'running',
  done: 'done',
  stale: 'outdated',
};

/** The seven steps, each with its state and its result in a line. At the top on a phone. */
export function StepRail() {
  return (
    <nav className="rail" aria-label="Steps">
      <ol className="rail-steps plain-list">
        {STEP_NAMES.map((step, index) => (
          <RailStep key={step} step={step} number={index + 1} />
        ))}
      </ol>
    </nav>
  );
}

function RailStep({ step, number }: { readonly step: StepName; readonly number: number }) {
  const status = useStudio((state) => selectStatus(state, step));
  const line = useStudio((state) => state.steps[step].line);
  const failed = useStudio((state) => selectFailed(state, step));
  const isCurrent = useStudio((state) => state.currentStep === step);
  const isNext = useStudio((state) => selectNext(state) === step);
  const { goTo } = useActions();
  const words = failed ? 'failed' : isNext && status === 'open' ? 'next' : STATUS_WORDS[status];
  return (
    <li data-status={failed ? 'failed' : status} data-next={isNext || undefined}>
      <a
        className="rail-link"
        href={`#${step}`}
        onClick={(event) => {
          event.preventDefault();
          goTo(step);
        }}
        {...(isCurrent && { 'aria-current': 'step' })}
      >
        <span className="rail-number faint" aria-hidden="true">
          {number}
        </span>
        <span className="rail-title">{STEP_TITLES[step]}</span>
        <span className={status === 'done' && !failed ? 'visually-hidden' : 'rail-status faint'}>{words}</span>
        {line !== null && <span className="rail-line tiny faint tabular">{line}</span>}
      </a>
    </li>
  );
}
