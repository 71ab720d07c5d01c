import { Box, Button, type ButtonProps, Group, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type ComponentPropsWithoutRef, useEffect, useState } from 'react';
import { errorInWords } from '../../core/errorSentences.ts';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatCount, formatMoment, formatSize, significant } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { StoredRun, StoredRuns } from './runsCommands.ts';
import { isUnfinished } from './runsState.ts';
import './runs.css';

/** Runs shown before the person asks for all of them. */
const SHOWN = 4;

/** The runs that lie on this device: to go on with, to look at, to export, to delete. Draws nothing where there are none. */
export function DataRuns() {
  const { stored, error } = useStudio((state) => state.runs);
  const [all, setAll] = useState(false);
  const expected = useExpectedRuns(stored?.runs.length ?? null);
  if (stored === null && error === null && expected > 0) return <RunsToCome count={Math.min(SHOWN, expected)} />;
  if (error === null && (stored === null || stored.runs.length === 0)) return null;
  const runs = stored?.runs ?? [];
  return (
    <Section title="Your runs" note={stored && noteOf(stored)}>
      <ErrorNotice error={error} />
      <ul className="runs plain-list">
        {(all ? runs : runs.slice(0, SHOWN)).map((run) => (
          <StoredRunRow key={run.id} run={run} />
        ))}
      </ul>
      {runs.length > SHOWN && !all && (
        <Button size="xs" style={{ justifySelf: 'start' }} onClick={() => setAll(true)}>
          Show all {formatCount(runs.length)}
        </Button>
      )}
    </Section>
  );
}

/** How many runs were listed last: their place is kept until they have been read, so that nothing moves when they come. */
function useExpectedRuns(found: number | null): number {
  const stored = { key: 'folio-runs', defaultValue: 0, getInitialValueInEffect: false };
  const [expected, expect] = useLocalStorage<number>(stored);
  useEffect(() => {
    if (found !== null) expect(found);
  }, [found, expect]);
  return expected;
}

/** The place of runs that are still being read. */
function RunsToCome({ count }: { readonly count: number }) {
  return (
    <Section title="Your runs" note="Reading the runs.">
      <ul className="runs plain-list" aria-busy="true">
        {Array.from({ length: count }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: nothing is known of them but their place
          <Box key={place} component="li" h={70} />
        ))}
      </ul>
    </Section>
  );
}

function noteOf({ runs, lasting, freeBytes }: StoredRuns): string {
  if (!lasting) return 'This browser keeps them only while the page is open.';
  const total = formatSize(runs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const free = freeBytes === null ? '' : `, and ${formatSize(freeBytes)} are free`;
  return `Kept in this browser, on this device and nowhere else: weights, tokenizer and the text they come from. They take ${total}${free}.`;
}

const Small = (props: ButtonProps & ComponentPropsWithoutRef<'button'>) => (
  <Button size="xs" variant="subtle" {...props} />
);

function StoredRunRow({ run }: { readonly run: StoredRun }) {
  const [doing, setDoing] = useState<'nothing' | 'naming' | 'deleting'>('nothing');
  const busy = useStudio((state) => selectBusy(state) !== null || state.runs.opening !== null);
  const opening = useStudio((state) => state.runs.opening === run.id);
  const { resumeRun, openRun, deleteRun } = useActions();
  const label = run.inUse ? 'Watch' : isUnfinished(run) ? 'Resume' : 'Open';
  const open = (): void => (label === 'Resume' ? resumeRun(run.id) : openRun(run.id, 'train'));
  const stop = (): void => setDoing('nothing');
  const remove = (): void => {
    deleteRun(run.id);
    stop();
  };
  return (
    <Group component="li" justify="space-between" gap="8px 20px" py={12} aria-label={run.name}>
      {doing === 'naming' ? (
        <NameField run={run} onDone={stop} />
      ) : (
        <Box flex="1 1 32ch" miw={0}>
          <p className="book">{run.name}</p>
          <p className="small soft tabular">{run.problem === null ? figuresOf(run) : errorInWords(run.problem)}</p>
        </Box>
      )}
      {doing === 'nothing' && (
        <Group gap="4px 8px">
          {run.problem === null && (
            <>
              <Small variant={label === 'Resume' ? 'filled' : 'default'} disabled={busy} onClick={open}>
                {opening ? 'Reading it' : label}
              </Small>
              <Small disabled={busy} onClick={() => openRun(run.id, 'export')}>
                Export
              </Small>
              <Small onClick={() => setDoing('naming')}>Rename</Small>
            </>
          )}
          <Small disabled={busy && run.problem === null} onClick={() => setDoing('deleting')}>
            Delete
          </Small>
        </Group>
      )}
      {doing === 'deleting' && (
        <Group gap="4px 8px">
          <span className="small">This deletes its weights and its text.</span>
          <Small variant="default" onClick={stop} data-autofocus>
            Keep it
          </Small>
          <Small variant="filled" onClick={remove}>
            Delete it
          </Small>
        </Group>
      )}
    </Group>
  );
}

/** @example "step 120 of 400, held-out loss 4.57, 24 Nov 2026, 14:05, 13.4 MB, sonnets.txt" */
function figuresOf({ step, steps, heldOutLoss, savedMs, sizeBytes, sourceNames }: StoredRun): string {
  const names = sourceNames.length === 1 ? sourceNames[0] : `${formatCount(sourceNames.length)} files`;
  const loss = heldOutLoss === null ? [] : [`held-out loss ${significant(heldOutLoss, 3)}`];
  const place = step === steps ? `${formatCount(steps)} steps` : `step ${formatCount(step)} of ${formatCount(steps)}`;
  return [place, ...loss, formatMoment(savedMs), formatSize(sizeBytes), names].join(' · ');
}

function NameField({ run, onDone }: { readonly run: StoredRun; readonly onDone: () => void }) {
  const [name, setName] = useState(run.name);
  const { renameRun } = useActions();
  const save = (event: React.FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') renameRun(run.id, name);
    onDone();
  };
  return (
    <Group component="form" gap="4px 8px" flex="1 1 100%" onSubmit={save}>
      <TextInput
        flex="1 1 20ch"
        aria-label="Name of the run"
        size="xs"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Small variant="filled" type="submit">
        Save the name
      </Small>
      <Small variant="default" onClick={onDone}>
        Cancel
      </Small>
    </Group>
  );
}
