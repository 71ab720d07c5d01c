import { Button } from '@mantine/core';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { warmupFor } from '../../core/settings.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { rateCaution } from '../../studio/page/limits.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { suggestSteps } from '../../text/tokenizer/suggestSize.ts';

/** The settings of the next run: the few that matter first, the rest under "More". */
export function TrainFields() {
  const caution = useStudio(({ config }) => rateCaution(config.training));
  const notes = { 'training.learningRate': caution && <span className="field-caution">{caution}</span> };
  return (
    <div className="train-fields">
      <StepsSuggestion />
      <SettingsForm of="training" lockedReason={null} notes={notes} />
      <Disclosure summary="More: warm-up, schedule, decay, smoothing, which weights are kept, saving">
        <SettingsForm of="training" more lockedReason={null} />
      </Disclosure>
    </div>
  );
}

/** How long to train on the loaded text, where that is not what the field says. */
function StepsSuggestion() {
  const sizeBytes = useStudio((state) => state.data.summary?.sizeBytes ?? null);
  const chosen = useStudio((state) => state.config.training.steps);
  const { configure } = useActions();
  if (sizeBytes === null || suggestSteps(sizeBytes) === chosen) return null;
  const steps = suggestSteps(sizeBytes);
  return (
    <p className="soft small">
      Suggested for a text of this size: {steps.toLocaleString('en')} steps, so that a long text is read often enough
      and a short one is not learned by heart.{' '}
      <Button
        variant="default"
        size="xs"
        onClick={() => configure('training', { steps, warmupSteps: warmupFor(steps) })}
      >
        Use {steps.toLocaleString('en')}
      </Button>
    </p>
  );
}
