import { NativeSelect } from '@mantine/core';
import { FieldLabel, type FieldWords } from '../../design/Field.tsx';

interface ModelSelectProps extends FieldWords {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string; readonly disabled?: boolean }[];
  readonly disabled?: boolean;
}

/** One of many, as the device's own list. */
export function ModelSelect({
  label,
  term,
  explanation,
  value,
  onChange,
  options,
  disabled = false,
}: ModelSelectProps) {
  return (
    <NativeSelect
      className="field"
      label={<FieldLabel label={label} {...(term !== undefined && { term })} />}
      description={explanation}
      inputWrapperOrder={['label', 'input', 'description']}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[...options]}
      disabled={disabled}
    />
  );
}
