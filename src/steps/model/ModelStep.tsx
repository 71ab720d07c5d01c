import { Button } from '@mantine/core';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { ChangeNote, StepBar } from '../../app/stepLinks.tsx';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../core/config.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { SelectField } from '../../design/Field.tsx';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { presetOf } from '../../studio/page/presets.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { OpenedNotice } from '../data/DataOpenModel.tsx';
import { isOfOpenedSizes } from '../data/openModelState.ts';
import { ModelCost, ModelDevice } from './ModelCost.tsx';
import { ModelDrawing } from './ModelDrawing.tsx';
import './ModelStep.css';

/** Step 4: the sizes, what they cost, what they look like, and where they are computed. */
export default function ModelStep() {
  const model = useStudio((state) => state.config.model);
  const seqLength = useStudio((state) => state.config.pipeline.seqLength);
  const vocabSize = useStudio((state) => state.tokenizer.summary?.vocabSize ?? state.config.tokenizer.vocabSize);
  const problem = useStudio((state) => firstProblem(state.config, 'model'));
  const error = useStudio((state) => state.steps.model.error);
  return (
    <StepPage
      title="Model"
      lead="A RoBERTa from scratch: how large it is, what it costs, and where it runs."
      meaning={MEANING}
      actions={<CreateBar />}
    >
      <OpenedNotice />
      <ModelFields />
      <ChangeNote step="model" />
      <ErrorNotice error={error} />
      <Section title="What it costs" note="Estimated before any memory is allocated.">
        <ModelCost vocabSize={vocabSize} />
      </Section>
      <Section title="Device">
        <ModelDevice />
      </Section>
      {problem === null && (
        <Section
          title="The architecture"
          note="The wider a bar, the more numbers it holds side by side. Figures in grey are parameter counts."
        >
          <ModelDrawing model={model} vocabSize={vocabSize} seqLength={seqLength} />
        </Section>
      )}
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      Each token becomes a list of numbers. In each layer every position attends to all positions (attention), and is
      then transformed on its own (feed-forward). After the last layer, the masked-LM head gives every token of the
      vocabulary a probability.
    </p>
    <p>Token embeddings and masked-LM head share one matrix (tied embeddings): a large vocabulary is paid for once.</p>
    <p>For a few thousand lines, small is better: a large model overfits.</p>
  </>
);

const PRESET_OPTIONS = [
  ...PRESET_NAMES.map((value) => {
    const { layers, hidden, purpose } = PRESETS[value];
    return { value, label: `${value}: ${layers} × ${hidden}, ${purpose}` };
  }),
  { value: '' as const, label: 'custom', disabled: true },
];

function ModelFields() {
  const preset = useStudio(({ config }) => presetOf(config));
  const { applyPreset } = useActions();
  return (
    <div>
      <SettingsForm of="model">
        <SelectField<PresetName>
          label="Preset"
          description="Layers × hidden size. A preset also sets attention heads, sequence length, batch size, learning rate and regularisation; “notebook” sets the whole recipe."
          value={preset ?? ''}
          onChange={applyPreset}
          data={PRESET_OPTIONS}
        />
      </SettingsForm>
      <Disclosure summary="More: positions, dropout, initialisation">
        <SettingsForm of="model" more />
      </Disclosure>
    </div>
  );
}

function CreateBar() {
  const done = useStudio((state) => state.steps.model.result === 'fresh');
  const summary = useStudio((state) => state.model.summary);
  const waiting = useStudio((state) => selectBlocked(state, 'model') ?? selectBusy(state));
  const opened = useStudio((state) => state.openedModel.model);
  const canKeep = useStudio(
    ({ openedModel, config }) => openedModel.model !== null && isOfOpenedSizes(openedModel.model, config.model),
  );
  const { createModel, keepOpenedWeights } = useActions();
  return (
    <StepBar
      step="model"
      done={done}
      label="Create model"
      onClick={createModel}
      note={
        done && summary !== null
          ? `${formatCount(summary.parameters)} parameters ${opened === null ? 'initialised' : 'of the opened model'}.`
          : 'Initialises the weights from the seed.'
      }
    >
      {!done && canKeep && (
        <Button disabled={waiting !== null} onClick={keepOpenedWeights}>
          Keep the opened weights
        </Button>
      )}
    </StepBar>
  );
}
