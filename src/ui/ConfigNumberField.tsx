import type { RunConfig } from '../core/config.ts';
import { type ConfigPart, configProblems, type NumberPath, readField } from '../store/limits.ts';
import { useActions, useStudio } from '../store/useStudio.ts';
import type { FieldWords } from './design/Field.tsx';
import { NumberField } from './design/NumberField.tsx';

interface ConfigNumberFieldProps extends FieldWords {
  /** The setting: "tokenizer.vocabSize". */
  readonly path: NumberPath;
  readonly step?: number | ((value: number) => number);
  readonly unit?: string;
}

/** A number of the settings, with its range, its problem and its way into the store. */
export function ConfigNumberField({ path, ...words }: ConfigNumberFieldProps) {
  const value = useStudio(({ config }) => Number(readField(config, path)));
  const problem = useStudio(({ config }) => configProblems(config).get(path) ?? null);
  const { configure } = useActions();
  const [part, key] = path.split('.') as [ConfigPart, string];
  const change = (next: number): void => configure(part, { [key]: next } as Partial<RunConfig[typeof part]>);
  return <NumberField {...words} value={value} problem={problem} onChange={change} />;
}
