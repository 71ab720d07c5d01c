import { NativeSelect } from '@mantine/core';
import type { FieldWords } from './Field.tsx';

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
