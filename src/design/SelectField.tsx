import { NativeSelect } from '@mantine/core';
import { type FieldWords, fieldWords } from './Field.tsx';

interface SelectFieldProps<T extends string> extends FieldWords {
  readonly value: T | '';
  readonly onChange: (value: T) => void;
  readonly options: { readonly value: T | ''; readonly label: string; readonly disabled?: boolean }[];
  readonly disabled?: boolean;
}

/** One of many, as the device's own list. */
export function SelectField<T extends string>({
  onChange,
  options,
  disabled = false,
  value,
  ...words
}: SelectFieldProps<T>) {
  return (
    <NativeSelect
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as T)}
      data={options}
      disabled={disabled}
      {...fieldWords(words)}
    />
  );
}
