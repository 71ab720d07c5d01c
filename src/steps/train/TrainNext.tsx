import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { type FieldPath, type RunConfig, readField } from '../../core/config.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { type AdvisedChange, adviceOf } from './trainAdvice.ts';
import type { RunRecord } from './trainState.ts';

/** What to try after a run that has ended, each with a button that sets it for the next one. */
export function TrainNext({ run: { summary, config, log } }: { readonly run: RunRecord }) {
  const advice = useMemo(() => (summary === null ? [] : adviceOf(summary, config, log)), [summary, config, log]);
  if (advice.length === 0) return null;
  return (
    <section className="train-next" aria-label="What to try next">
      <h2>What to try next</h2>
      <ul>
        {advice.map(({ words, change }) => (
          <li key={words}>
            <span>{words}</span> <ChangeButton change={change} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ChangeButton({ change }: { readonly change: AdvisedChange }) {
  const set = useStudio(({ config }) => isSet(config, change));
  const { configure } = useActions();
  if (set) return <span className="soft small">It is set for the next run.</span>;
  return (
    <Button variant="default" size="xs" onClick={() => configure(change.part, change.values)}>
      {change.label}
    </Button>
  );
}

function isSet(config: RunConfig, { part, values }: AdvisedChange): boolean {
  return Object.entries(values).every(([key, value]) =>
    Object.is(readField(config, `${part}.${key}` as FieldPath), value),
  );
}
