import { type ReactNode, useEffect, useState } from 'react';
import {
  type ConfigPart,
  FIELD_PATHS,
  type FieldPath,
  type RunConfig,
  readField,
  settingOf,
  splitPath,
  withField,
} from '../core/config.ts';
import type { ChoiceSetting, NumberSetting } from '../core/settingRow.ts';
import { ChoiceField, type FieldWords } from '../design/Field.tsx';
import { NumberField } from '../design/NumberField.tsx';
import { selectAsksFirst } from '../studio/page/changeSettings.ts';
import { configProblems, whyDefault } from '../studio/page/limits.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

interface SettingsFormProps {
  /** The part of the settings. */
  readonly of: ConfigPart;
  /** Those that stand behind "More". */
  readonly more?: boolean;
  /** Why nothing here can be changed now; null: it can. */
  readonly lockedReason: string | null;
  /** What else there is to say of a setting, under its help. */
  readonly notes?: Readonly<Partial<Record<FieldPath, ReactNode>>>;
  /** What stands before the fields. */
  readonly children?: ReactNode;
}

/** The fields of a part of the settings, side by side. While they can't be changed, the reason stands above them. */
export function SettingsForm({ of, more = false, lockedReason, notes = {}, children }: SettingsFormProps) {
  const paths = FIELD_PATHS.filter((path) => {
    const { label, form = splitPath(path)[0], more: isMore = false } = settingOf(path);
    return label !== undefined && form === of && isMore === more;
  });
  return (
    <fieldset className="settings-group" disabled={lockedReason !== null}>
      {lockedReason !== null && <p className="settings-locked">{lockedReason}</p>}
      <div className="fields">
        {children}
        {paths.map((path) => (
          <SettingField key={path} path={path} note={notes[path]} />
        ))}
      </div>
    </fieldset>
  );
}

/** The field of a setting: what it does and, under it, where its default comes from. */
function SettingField({ path, note }: { readonly path: FieldPath; readonly note: ReactNode }) {
  const setting = settingOf(path);
  const { label = '', term, help } = setting;
  const explanation = (
    <>
      {help}
      {note}
      <span className="field-why">{whyDefault(path)}</span>
    </>
  );
  const field = { path, words: { label, term, explanation } };
  return setting.kind === 'choice' ? (
    <SettingChoice {...field} options={setting.options} />
  ) : (
    <SettingNumber {...field} step={setting.step} />
  );
}

interface FieldProps {
  readonly path: FieldPath;
  readonly words: FieldWords;
}

/** The way of a field's value into the store. */
function useStoreValue(path: FieldPath): (value: string | number) => void {
  const { configure } = useActions();
  const [part, key] = splitPath(path);
  return (value) => configure(part, { [key]: value } as Partial<RunConfig[typeof part]>);
}

function SettingChoice({ path, words, options }: FieldProps & Pick<ChoiceSetting<string>, 'options'>) {
  const value = useStudio(({ config }) => String(readField(config, path)));
  const choices = Object.entries(options).map(([name, [label, explanation]]) => ({ value: name, label, explanation }));
  return <ChoiceField {...words} value={value} onChange={useStoreValue(path)} options={choices} />;
}

/** Where the store asks before a change, it is asked when the field is left, not after the first digit. */
function SettingNumber({ path, words, step }: FieldProps & Pick<NumberSetting, 'step'>) {
  const stored = useStudio(({ config }) => Number(readField(config, path)));
  const asksFirst = useStudio((state) => selectAsksFirst(state, splitPath(path)[0]));
  const asking = useStudio((state) => state.pendingChange !== null);
  const [held, setHeld] = useState<number | null>(null);
  const problem = useStudio(({ config }) => {
    const shown = held === null ? config : withField(config, path, held);
    return configProblems(shown).get(path) ?? null;
  });
  const store = useStoreValue(path);
  const leave = (): void => {
    if (held === null || asking) return;
    if (!Object.is(held, stored)) store(held);
    // Where it asks, what was typed stays in the field until the answer.
    if (!asksFirst || Object.is(held, stored)) setHeld(null);
  };
  useEffect(() => {
    if (!asking) setHeld(null);
  }, [asking]);
  return (
    <NumberField
      {...words}
      step={step}
      value={held ?? stored}
      problem={problem}
      onChange={asksFirst ? setHeld : store}
      onLeave={leave}
    />
  );
}
