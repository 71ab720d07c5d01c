import { Button } from '@mantine/core';
import { warmupFor } from '../../core/config.ts';
import { suggestSteps } from '../../core/suggestSteps.ts';
import { rateCaution } from '../../store/limits.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { ConfigNumberField } from '../ConfigNumberField.tsx';
import { ChoiceField, SettingsGroup } from '../design/Field.tsx';
import { WhyDefault } from '../WhyDefault.tsx';
import { Disclosure } from './Disclosure.tsx';

const halveOrDouble = (value: number): number => (value === 0 ? 1e-4 : value / 2);

/** The settings of the next run: the few that matter first, the rest under "More". */
export function TrainFields() {
  return (
    <div className="train-fields">
      <StepsSuggestion />
      <SettingsGroup lockedReason={null}>
        <ConfigNumberField
          path="training.steps"
          label="How long it trains"
          term="Steps"
          explanation="Each step reads one batch and changes every weight a little."
          step={50}
        />
        <ConfigNumberField
          path="training.batchSize"
          label="Rows read in a step"
          term="Batch size"
          explanation="More rows give a steadier direction and take longer."
          step={8}
        />
        <ConfigNumberField
          path="training.learningRate"
          label="How far a step goes"
          term="Learning rate"
          explanation={<LearningRateWords />}
          step={halveOrDouble}
        />
        <ConfigNumberField
          path="training.evalEvery"
          label="Steps between two looks at held-out text"
          term="Evaluate every"
          explanation="0 looks only before the first and after the last step."
          step={10}
        />
      </SettingsGroup>
      <Disclosure summary="More: warm-up, schedule, decay, smoothing, which weights are kept, saving">
        <MoreFields />
      </Disclosure>
    </div>
  );
}

function LearningRateWords() {
  const caution = useStudio(({ config }) => rateCaution(config.training));
  return (
    <>
      Too high and the loss jumps; too low and it crawls. 0 learns nothing.
      {caution !== null && <span className="field-caution">{caution}</span>}
    </>
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

function MoreFields() {
  const schedule = useStudio((state) => state.config.training.schedule);
  const keepWeights = useStudio((state) => state.config.training.keepWeights);
  const { configure } = useActions();
  return (
    <SettingsGroup lockedReason={null}>
      <ConfigNumberField
        path="training.warmupSteps"
        label="Steps of a gentle start"
        term="Warm-up steps"
        explanation="The learning rate rises from 0 meanwhile; a tenth of all steps is usual."
        step={10}
      />
      <ChoiceField
        label="How the learning rate falls"
        term="Schedule"
        explanation={<WhyDefault path="training.schedule" />}
        value={schedule}
        onChange={(chosen) => configure('training', { schedule: chosen })}
        options={[
          { value: 'linear', label: 'Linear', explanation: 'In a straight line to 0.' },
          { value: 'cosine', label: 'Cosine', explanation: 'Slowly, fast, slowly, to 0.' },
          {
            value: 'oneCycle',
            label: 'One cycle',
            explanation: 'Up from a 25th and down to almost 0, along half waves.',
          },
          { value: 'constant', label: 'Constant', explanation: 'Not at all.' },
        ]}
      />
      <ConfigNumberField
        path="training.gradientAccumulation"
        label="Batches in a step"
        term="Gradient accumulation"
        explanation="Their gradients are averaged: a larger batch in the memory of a small one."
      />
      <ConfigNumberField
        path="training.weightDecay"
        label="Pull of weights towards 0"
        term="Weight decay"
        explanation="AdamW’s; biases and LayerNorm are left alone."
        step={0.01}
      />
      <ConfigNumberField
        path="training.clipNorm"
        label="Longest gradient"
        term="Gradient clipping"
        explanation="A longer one is shortened to this norm. 0 switches it off."
        step={0.5}
      />
      <ConfigNumberField
        path="training.labelSmoothing"
        label="Doubt in the right answer"
        term="Label smoothing"
        explanation="This share of each target is spread over the whole vocabulary. The loss shown stays without it."
        step={0.05}
      />
      <ChoiceField
        label="Which weights are kept"
        term="Weights kept"
        explanation={<WhyDefault path="training.keepWeights" />}
        value={keepWeights}
        onChange={(chosen) => configure('training', { keepWeights: chosen })}
        options={[
          { value: 'best', label: 'The best ones', explanation: 'Those of the lowest held-out loss on the way.' },
          { value: 'last', label: 'The last ones', explanation: 'Those of the last step.' },
        ]}
      />
      <ConfigNumberField
        path="training.averageDecay"
        label="Memory of earlier weights"
        term="Average of the weights"
        explanation="What an exponential average keeps of itself in a step, such as 0.99; it is looked at and kept in the weights’ place. 0 keeps none."
        step={0.01}
      />
      <ConfigNumberField
        path="training.patience"
        label="Looks without a lower loss before it ends"
        term="Patience"
        explanation="0 goes on to the last step."
      />
      <ConfigNumberField
        path="training.logEvery"
        label="Steps between two readings"
        term="Log every"
        explanation="Every step is in the log; this says how often it is fetched from the device."
        step={5}
      />
      <ConfigNumberField
        path="training.saveEvery"
        label="Seconds between two saves"
        term="Save every"
        explanation="The run is saved on this device while it goes on. 0 saves only when it starts, pauses and ends."
        step={10}
      />
    </SettingsGroup>
  );
}
