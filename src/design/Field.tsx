import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import './field.css';

/** What every field says of itself. */
export interface FieldWords {
  /** What it is, in plain words: "How many pieces". */
  readonly label: string;
  /** The field's own word, shown in brackets: "Vocabulary size". */
  readonly term?: string;
  /** What it does, in a sentence, where it stands. */
  readonly explanation?: ReactNode;
}

/** The label of a field: plain words, then the term in brackets. */
export function FieldLabel({ label, term }: FieldWords) {
  return (
    <span className="field-label">
      {label}
      {term !== undefined && <span className="field-term"> ({term})</span>}
    </span>
  );
}

interface ChoiceFieldProps<T extends string> extends FieldWords {
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly { readonly value: T; readonly label: string; readonly explanation?: string }[];
}

/** One of a few: radio buttons, each with its sentence. */
export function ChoiceField<T extends string>({
  label,
  term,
  explanation,
  value,
  onChange,
  options,
}: ChoiceFieldProps<T>) {
  const words = { label, ...(term !== undefined && { term }) };
  const choose = (chosen: string): void => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <Radio.Group
      className="field"
      value={value}
      onChange={choose}
      label={<FieldLabel {...words} />}
      description={explanation}
      inputWrapperOrder={['label', 'input', 'description']}
    >
      <div className="choices">
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            label={option.label}
            description={option.explanation}
            size="xs"
          />
        ))}
      </div>
    </Radio.Group>
  );
}
