import { PRESET_NAMES, PRESETS, type PresetName } from '../../core/config.ts';
import { presetOf } from '../../store/presets.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { ConfigNumberField } from '../ConfigNumberField.tsx';
import { ChoiceField, SettingsGroup } from '../design/Field.tsx';
import { WhyDefault } from '../WhyDefault.tsx';
import { Disclosure } from './Disclosure.tsx';
import { ModelSelect } from './ModelSelect.tsx';

const PURPOSES: Readonly<Record<PresetName, string>> = {
  micro: 'for a first try on any device',
  tiny: 'the sonnets on any device',
  mini: 'for a laptop’s GPU',
  small: 'for a good GPU',
  medium: 'for a large GPU',
  'roberta-6x768': 'the size that the tutorials train',
  notebook: 'their whole recipe, to compare with',
};

const PRESET_OPTIONS = [
  ...PRESET_NAMES.map((name) => ({
    value: name,
    label: `${name}: ${PRESETS[name].layers} × ${PRESETS[name].hidden}, ${PURPOSES[name]}`,
  })),
  { value: '', label: 'own sizes', disabled: true },
];

/** The sizes of the model. */
export function ModelFields({ lockedReason }: { readonly lockedReason: string | null }) {
  const preset = useStudio(({ config }) => presetOf(config));
  const { applyPreset } = useActions();
  const choose = (value: string): void => {
    const name = PRESET_NAMES.find((candidate) => candidate === value);
    if (name !== undefined) applyPreset(name);
  };
  return (
    <SettingsGroup lockedReason={lockedReason}>
      <ModelSelect
        label="A size that fits together"
        term="Preset"
        explanation="Layers × hidden size. A preset also sets the sequence length and the batch size."
        value={preset ?? ''}
        onChange={choose}
        options={PRESET_OPTIONS}
      />
      <ConfigNumberField
        path="model.numHiddenLayers"
        label="How deep the model is"
        term="Layers"
        explanation="A row goes through one layer after another; in each, every word looks at the others once more."
      />
      <ConfigNumberField
        path="model.hiddenSize"
        label="Numbers that describe a word"
        term="Hidden size"
        explanation="Twice as many cost about four times as much."
        step={32}
      />
      <ConfigNumberField
        path="model.numAttentionHeads"
        label="Ways of looking at the others"
        term="Attention heads"
        explanation="They share the hidden size, so they have to divide it."
      />
      <ConfigNumberField
        path="model.intermediateSize"
        label="Room to think in"
        term="Intermediate size"
        explanation="Of the feed-forward part; usually four times the hidden size."
        step={64}
      />
      <ConfigNumberField
        path="training.seed"
        label="Start of all chance"
        term="Seed"
        explanation="The same seed and settings give the same weights, bit for bit."
      />
    </SettingsGroup>
  );
}

/** The settings that few need to change. */
export function ModelMoreFields({ lockedReason }: { readonly lockedReason: string | null }) {
  const initialization = useStudio((state) => state.config.model.initialization);
  const { configure } = useActions();
  return (
    <Disclosure summary="More: positions, dropout, initial weights">
      <SettingsGroup lockedReason={lockedReason}>
        <ConfigNumberField
          path="model.maxPositionEmbeddings"
          label="Longest row, and two"
          term="Positions"
          explanation="RoBERTa counts from 2. Larger than the sequence length lets you train longer rows later."
          step={8}
        />
        <ConfigNumberField
          path="model.hiddenDropoutProb"
          label="Share of numbers left out"
          term="Hidden dropout"
          explanation="Makes the model rely on more than one hint; guards against learning by heart."
          step={0.05}
        />
        <ConfigNumberField
          path="model.attentionProbsDropoutProb"
          label="Share of looks left out"
          term="Attention dropout"
          explanation="The same, for attention."
          step={0.05}
        />
        <ChoiceField
          label="Where the weights start"
          term="Initial weights"
          explanation={<WhyDefault path="model.initialization" />}
          value={initialization}
          onChange={(next) => configure('model', { initialization: next })}
          options={[
            { value: 'auto', label: 'Automatic', explanation: 'At neighbours from a hidden size of 64 on.' },
            { value: 'normal', label: 'Small random numbers', explanation: 'As the library draws them.' },
            {
              value: 'scaled',
              label: 'Scaled to the width',
              explanation: 'Larger where the model is narrow, so that attention has something to say.',
            },
            {
              value: 'neighbours',
              label: 'Looking at neighbours',
              explanation: 'Each head starts by reading the word beside it: leaves word frequencies far sooner.',
            },
          ]}
        />
        <ConfigNumberField
          path="model.initializerRange"
          label="Spread of the first weights"
          term="Initializer range"
          explanation="0.02 is RoBERTa’s, chosen for a hidden size of 768. Small models learn better with more."
          step={0.01}
        />
        <ConfigNumberField
          path="model.layerNormEps"
          label="Guard against division by 0"
          term="LayerNorm epsilon"
          explanation="1e-5 is RoBERTa’s."
          step={(value) => value / 2}
        />
      </SettingsGroup>
    </Disclosure>
  );
}
