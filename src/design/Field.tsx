import { Group, NativeSelect, Radio, TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { NumberSetting } from '../core/settingRow.ts';
import './field.css';

/** What every field says of itself. */
export interface FieldWords {
  /** The field's standard term: "Vocabulary size". */
  readonly label: string;
  /** What it does, in a sentence, where it stands. */
  readonly description?: ReactNode;
}

type Option = readonly [label: string, description?: string];
/** What each value is called, and what it does. */
export type Options<T extends string> = Readonly<Partial<Record<T, Option>>>;

/** Options as Mantine's radio buttons and boxes take them. */
export function optionsOf<T extends string>(options: Options<T>) {
  const entries = Object.entries(options as Readonly<Record<string, Option>>);
  return entries.map(([value, [label, description]]) => ({ value, label, description, size: 'xs' }) as const);
}

interface ChoiceFieldProps<T extends string> extends FieldWords {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: Options<T>;
  /** Beside each other rather than one a line. */
  readonly inLine?: boolean;
}

/** One of a few: radio buttons, each with its sentence. */
export function ChoiceField<T extends string>({ onChange, options, inLine, ...field }: ChoiceFieldProps<T>) {
  const radios = optionsOf(options).map((option) => <Radio key={option.value} {...option} />);
  return (
    <Radio.Group onChange={onChange as (chosen: string) => void} {...field}>
      {inLine ? <Group gap="10px 20px">{radios}</Group> : <div className="choices">{radios}</div>}
    </Radio.Group>
  );
}

interface SelectFieldProps<T extends string> extends FieldWords {
  readonly value: T | '';
  readonly onChange: (value: T) => void;
  readonly data: { readonly value: T | ''; readonly label: string; readonly disabled?: boolean }[];
  readonly disabled?: boolean;
}

/** One of many, as the device's own list. */
export function SelectField<T extends string>({ onChange, ...field }: SelectFieldProps<T>) {
  return <NativeSelect onChange={(event) => onChange(event.currentTarget.value as T)} {...field} />;
}

interface NumberFieldProps extends FieldWords {
  /** NaN: empty. */
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** The person is done with the field for now: left it, or pressed Enter. */
  readonly onLeave?: () => void;
  /** What is wrong with the value, with its range; null: nothing. */
  readonly problem: string | null;
  readonly step?: NumberSetting['step'];
}

/** What was typed, as a number: "1 024", "1,024" and "1e-3" are numbers, anything else is NaN. */
function parseNumber(text: string): number {
  const plain = text.replace(/[\s_]|,(?=\d{3}(\D|$))/g, '').replace(',', '.');
  return plain === '' ? Number.NaN : Number(plain);
}

function showNumber(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

/**
 * A number, kept as it was typed: an impossible one stays in the field with a sentence that says what is possible, and is
 * never silently made to fit.
 */
export function NumberField({ value, onChange, onLeave, problem, step = 1, ...words }: NumberFieldProps) {
  const [draft, setDraft] = useState(showNumber(value));
  // The draft is what was typed as long as it means the value; a value from elsewhere replaces it.
  const shown = Object.is(parseNumber(draft), value) ? draft : showNumber(value);
  const type = (text: string): void => {
    setDraft(text);
    onChange(parseNumber(text));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onLeave?.();
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0 || Number.isNaN(value)) return;
    event.preventDefault();
    const size = typeof step === 'number' ? step : step(value);
    type(String(Number((value + direction * size).toPrecision(12))));
  };
  return (
    <TextInput
      styles={{ wrapper: { maxWidth: 220 } }}
      classNames={{ input: 'mono' }}
      {...words}
      value={shown}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={onLeave}
      error={problem}
      inputMode="decimal"
    />
  );
}
