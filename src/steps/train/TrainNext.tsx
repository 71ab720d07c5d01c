import { Button, Stack } from '@mantine/core';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { warmupFor } from '../../core/settings.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { rateCaution } from '../../studio/page/limits.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { suggestSteps } from '../../text/tokenizer/suggestSize.ts';
import { TrainRange } from './TrainRange.tsx';
import { TrainSweep } from './TrainSweep.tsx';

/** The settings of the next run: the few that matter first, the rest under "More"; and what finds better ones. */
export function NextRun() {
  const caution = useStudio(({ config }) => rateCaution(config.training));
  const notes = { 'training.learningRate': caution && <span className="field-caution">{caution}</span> };
  return (
    <Stack gap={20}>
      <StepsSuggestion />
      <SettingsForm of="training" notes={notes} />
      <Disclosure summary="More: warm-up, schedule, weight decay, label smoothing, weights kept, saving">
        <SettingsForm of="training" more />
      </Disclosure>
      <Disclosure summary="Learning-rate range test">
        <TrainRange />
      </Disclosure>
      <Disclosure summary="Sweep: several values of a setting">
        <TrainSweep />
      </Disclosure>
    </Stack>
  );
}

function StepsSuggestion() {
  const hasRun = useStudio((state) => state.train.runs.length > 0);
  const text = useStudio((state) => state.data.summary);
  const chosen = useStudio((state) => state.config.training.steps);
  const { configure } = useActions();
  const steps = text === null ? chosen : suggestSteps(text);
  // What to try after a run is said beside it.
  if (hasRun || steps === chosen) return null;
  return (
    <p className="soft small">
      Suggested for a text of this size: {formatCount(steps)} steps, so that a long text is read often enough and a
      short one is not overfitted.{' '}
      <Button size="xs" onClick={() => configure('training', { steps, warmupSteps: warmupFor(steps) })}>
        Use {formatCount(steps)}
      </Button>
    </p>
  );
}
