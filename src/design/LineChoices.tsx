import { Group, Radio } from '@mantine/core';

interface LineChoicesProps<T extends string> {
  /** What is chosen, in a word or two. */
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly { readonly value: T; readonly label: string }[];
}

/** One of a few, in a line. */
export function LineChoices<T extends string>({ label, value, onChange, options }: LineChoicesProps<T>) {
  return (
    <Radio.Group label={label} value={value} onChange={onChange as (chosen: string) => void}>
      <Group gap="10px 20px">
        {options.map((option) => (
          <Radio key={option.value} size="xs" {...option} />
        ))}
      </Group>
    </Radio.Group>
  );
}
