import { Box, Button, CloseButton, Group } from '@mantine/core';
import { timeLeft } from '../charts/timeLeft.ts';
import { formatTimeLeft } from '../studio/page/format.ts';
import type { OneClickSlice } from '../studio/page/oneClick.ts';
import { STEP_NAMES, STEP_TITLES, type StepName } from '../studio/page/steps.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

/** Where "Train with the defaults" is, while it walks through the steps, and how it ended. */
export function OneClickBar() {
  const walk = useStudio((state) => state.oneClick);
  const { cancelOneClick, dismissOneClick } = useActions();
  if (walk === null) return null;
  const walking = walk.phase === 'walking' || walk.phase === 'cancelling';
  return (
    <Group
      component="section"
      className="small"
      gap="10px 20px"
      px="var(--side)"
      py={10}
      bg="var(--paper-sunken)"
      style={{ borderBottom: '1px solid var(--hairline)' }}
      aria-label="Training with the defaults"
    >
      {/* On a phone, the bar of steps right above shows the same. */}
      <Group gap={3} visibleFrom="sm" aria-hidden="true">
        {STEP_NAMES.map((step) => (
          <Box key={step} w={14} h={4} bg={`var(--${colourOf(walk, walking, step)})`} />
        ))}
      </Group>
      {/* The time left changes all the time, so it stands outside of what is read aloud. */}
      <Box component="p" flex="1 1 24ch" maw="none">
        <span role="status">
          {wordsOf(walk)}
          {walk.phase === 'finished' && <Outcome />}
        </span>
        {walking && walk.step === 'train' && <TrainingLeft />}
      </Box>
      {walking ? (
        <Button size="xs" onClick={cancelOneClick} disabled={walk.phase === 'cancelling'}>
          Cancel
        </Button>
      ) : (
        <CloseButton size="sm" aria-label="Close" onClick={dismissOneClick} />
      )}
    </Group>
  );
}

function colourOf(walk: OneClickSlice, walking: boolean, step: StepName): string {
  if (walk.phase === 'finished' || STEP_NAMES.indexOf(step) < STEP_NAMES.indexOf(walk.step)) return 'ink';
  return walking && step === walk.step ? 'accent' : 'hairline';
}

function wordsOf({ phase, step, doing }: OneClickSlice): string {
  const place = `Step ${STEP_NAMES.indexOf(step) + 1} of ${STEP_NAMES.length}, ${STEP_TITLES[step]}`;
  switch (phase) {
    case 'walking':
      return `${place}: ${doing}.`;
    case 'cancelling':
      return 'Cancelling.';
    case 'finished':
      return 'Trained with the defaults.';
    case 'cancelled':
      return `Cancelled at the ${STEP_TITLES[step]} step. Everything done up to then is kept.`;
    case 'failed':
      return `Stopped at the ${STEP_TITLES[step]} step; the reason is shown there.`;
  }
}

/** What came of it in a few words; Train says it at length. */
function Outcome() {
  const line = useStudio((state) => state.steps.train.line);
  return line === null ? null : ` ${line.charAt(0).toUpperCase()}${line.slice(1)}; export the model next.`;
}

/** For who looks at another step meanwhile: Train itself says it beside its progress. */
function TrainingLeft() {
  const elsewhere = useStudio((state) => state.currentStep !== 'train');
  const left = useStudio(({ train }) => formatTimeLeft(timeLeft(train)));
  if (!elsewhere) return null;
  return <span className="soft tabular"> {left}</span>;
}
