import { SettingsForm } from '../../app/SettingsForm.tsx';
import { PRESET_NAMES, PRESETS } from '../../core/config.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { presetOf } from '../../studio/page/presets.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { ModelSelect } from './ModelSelect.tsx';

const PRESET_OPTIONS = [
  ...Object.entries(PRESETS).map(([value, { layers, hidden, purpose }]) => ({
    value,
    label: `${value}: ${layers} × ${hidden}, ${purpose}`,
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
    <div className="model-fields">
      <SettingsForm of="model" lockedReason={lockedReason}>
        <ModelSelect
          label="A size that fits together"
          term="Preset"
          explanation="Layers × hidden size. A preset also sets the sequence length and the batch size."
          value={preset ?? ''}
          onChange={choose}
          options={PRESET_OPTIONS}
        />
      </SettingsForm>
      <Disclosure summary="More: positions, dropout, initial weights">
        <SettingsForm of="model" more lockedReason={lockedReason} />
      </Disclosure>
    </div>
  );
}
