import { Radio } from '@mantine/core';
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

interface ChoiceFieldProps<T extends string> extends FieldWords {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly { readonly value: T; readonly label: string; readonly explanation?: string }[];
}

/** One of a few: radio buttons, each with its sentence. */
export function ChoiceField<T extends string>({ value, onChange, options, ...words }: ChoiceFieldProps<T>) {
  return (
    <Radio.Group value={value} onChange={onChange as (chosen: string) => void} {...fieldWords(words)}>
      <div className="choices">
        {options.map(({ value: option, label, explanation }) => (
          <Radio key={option} value={option} label={label} description={explanation} size="xs" />
        ))}
      </div>
    </Radio.Group>
  );
}
