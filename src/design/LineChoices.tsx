import { useId } from 'react';
import './lineChoices.css';

interface LineChoicesProps<T extends string> {
  /** What is chosen, in a word or two. */
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly { readonly value: T; readonly label: string }[];
}

/** One of a few, set in a line of text: the chosen one is underlined. */
export function LineChoices<T extends string>({ label, value, onChange, options }: LineChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset className="line-choices">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            className="visually-hidden"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
