import { Group, Radio } from '@mantine/core';
import type { ReactNode } from 'react';
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
