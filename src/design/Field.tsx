import { Group, Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import './field.css';

/** What every field says of itself. */
export interface FieldWords {
  /** The field's standard term: "Vocabulary size". */
  readonly label: string;
  /** What it does, in a sentence, where it stands. */
  readonly explanation?: ReactNode;
}

/** The words of a field as Mantine's fields take them. */
export const fieldWords = ({ label, explanation }: FieldWords) => ({ label, description: explanation });

export interface Choice<T> extends FieldWords {
  readonly value: T;
}

interface ChoiceFieldProps<T extends string> extends FieldWords {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly Choice<T>[];
  /** Beside each other rather than one a line. */
  readonly inLine?: boolean;
}

/** One of a few: radio buttons, each with its sentence. */
export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>) {
  const { value, onChange, options, inLine = false, ...words } = props;
  const radios = options.map(({ value: option, ...own }) => (
    <Radio key={option} value={option} {...fieldWords(own)} size="xs" />
  ));
  return (
    <Radio.Group value={value} onChange={onChange as (chosen: string) => void} {...fieldWords(words)}>
      {inLine ? <Group gap="10px 20px">{radios}</Group> : <div className="choices">{radios}</div>}
    </Radio.Group>
  );
}
