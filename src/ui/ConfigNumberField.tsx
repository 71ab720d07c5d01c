import { useEffect, useState } from 'react';
import type { RunConfig } from '../core/config.ts';
import { type ConfigPart, configProblems, type NumberPath, readField, withField } from '../store/limits.ts';
import { selectAsksFirst } from '../store/settings.ts';
import { useActions, useStudio } from '../store/useStudio.ts';
import type { FieldWords } from './design/Field.tsx';
import { NumberField } from './design/NumberField.tsx';
import { WhyDefault } from './WhyDefault.tsx';

interface ConfigNumberFieldProps extends FieldWords {
  /** The setting: "tokenizer.vocabSize". */
  readonly path: NumberPath;
  readonly step?: number | ((value: number) => number);
  readonly unit?: string;
}

/**
 * A number of the settings, with its range, its problem and its way into the store. Where the store asks before a change,
 * it is asked when the field is left, not after the first digit.
 */
export function ConfigNumberField({ path, ...words }: ConfigNumberFieldProps) {
  const [part, key] = path.split('.') as [ConfigPart, string];
  const stored = useStudio(({ config }) => Number(readField(config, path)));
  const asksFirst = useStudio((state) => selectAsksFirst(state, part));
  const asking = useStudio((state) => state.pendingChange !== null);
  const [held, setHeld] = useState<number | null>(null);
  const problem = useStudio(({ config }) => {
    const shown = held === null ? config : withField(config, path, held);
    return configProblems(shown).get(path) ?? null;
  });
  const { configure } = useActions();
  const store = (value: number): void => configure(part, { [key]: value } as Partial<RunConfig[typeof part]>);
  const leave = (): void => {
    if (held === null || asking) return;
    if (!Object.is(held, stored)) store(held);
    // Where it asks, what was typed stays in the field until the answer.
    if (!asksFirst || Object.is(held, stored)) setHeld(null);
  };
  useEffect(() => {
    if (!asking) setHeld(null);
  }, [asking]);
  return (
    <NumberField
      {...words}
      explanation={<WhyDefault path={path} explanation={words.explanation} />}
      value={held ?? stored}
      problem={problem}
      onChange={asksFirst ? setHeld : store}
      onLeave={leave}
    />
  );
}
