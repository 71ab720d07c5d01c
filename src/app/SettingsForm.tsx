import { Box, Stack } from '@mantine/core';
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
import { ChoiceField, NumberField } from '../design/Field.tsx';
import { Definitions, Popup } from '../design/Popup.tsx';
import { selectAsksFirst } from '../studio/page/changeSettings.ts';
import { configProblems, whyDefault } from '../studio/page/limits.ts';
import { selectSettingsLocked } from '../studio/page/selectors.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';

interface SettingsFormProps {
  readonly of: ConfigPart;
  readonly more?: boolean;
  /** What else there is to say of a setting, under its help. */
  readonly notes?: Readonly<Partial<Record<FieldPath, ReactNode>>>;
  readonly children?: ReactNode;
}

/** The fields of a part of the settings, side by side. While they can't be changed, the reason stands above them. */
export function SettingsForm({ of, more = false, notes = {}, children }: SettingsFormProps) {
  const paths = FIELD_PATHS.filter((path) => {
    const { noField = false, form = splitPath(path)[0], more: isMore = false } = settingOf(path);
    return !noField && form === of && isMore === more;
  });
  const lockedReason = useStudio((state) => selectSettingsLocked(state, of));
  return (
    <Stack gap={14}>
      <fieldset disabled={lockedReason !== null}>
        {lockedReason !== null && (
          <Box component="p" mb={16} className="small soft aside">
            {lockedReason}
          </Box>
        )}
        <div className="fields">
          {children}
          {paths.map((path) => (
            <SettingField key={path} path={path} note={notes[path]} />
          ))}
        </div>
      </fieldset>
      <div className="tiny">
        <Popup label="Why these defaults?" className="link-button soft" title="Where the defaults come from">
          <Definitions of={Object.fromEntries(paths.map((path) => [settingOf(path).term, whyDefault(path)]))} />
        </Popup>
      </div>
    </Stack>
  );
}

/**
 * The field of a setting and what it does. Where the store asks before a change, it is asked when the field is left, not after
 * the first digit.
 */
function SettingField({ path, note }: { readonly path: FieldPath; readonly note: ReactNode }) {
  const setting = settingOf(path);
  const [part, key] = splitPath(path);
  const stored = useStudio(({ config }) => readField(config, path));
  const asksFirst = useStudio((state) => selectAsksFirst(state, part));
  const asking = useStudio((state) => state.pendingChange !== null);
  const { configure } = useActions();
  const [held, setHeld] = useState<number | null>(null);
  const problem = useStudio(({ config }) => {
    const shown = held === null ? config : withField(config, path, held);
    return configProblems(shown).get(path) ?? null;
  });
  useEffect(() => {
    if (!asking) setHeld(null);
  }, [asking]);
  const store = (value: string | number): void => configure(part, { [key]: value } as Partial<RunConfig[typeof part]>);
  const leave = (): void => {
    if (held === null || asking) return;
    if (!Object.is(held, stored)) store(held);
    // Where it asks, what was typed stays in the field until the answer.
    if (!asksFirst || Object.is(held, stored)) setHeld(null);
  };
  const description = (
    <>
      {setting.help}
      {note}
    </>
  );
  const words = { label: setting.term, description };
  if (setting.kind === 'choice') {
    return <ChoiceField {...words} value={String(stored)} onChange={store} options={setting.options} />;
  }
  return (
    <NumberField
      {...words}
      step={setting.step}
      value={held ?? Number(stored)}
      problem={problem}
      onChange={asksFirst ? setHeld : store}
      onLeave={leave}
    />
  );
}
