import { Box, Button, type ButtonProps, Group, TextInput } from '@mantine/core';
import { type ComponentPropsWithoutRef, useEffect, useState } from 'react';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { type ListedRuns, listedRuns, rememberedRuns } from '../../studio/page/rememberedRuns.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { StoredRun } from './runsCommands.ts';
import { isUnfinished } from './runsState.ts';
import './runs.css';

/** Runs shown before the person asks for all of them. */
const SHOWN = 4;

/** The runs that lie on this device: to go on with, to look at, to export, to delete. Draws nothing where there are none. */
export function DataRuns() {
  const { stored, error } = useStudio((state) => state.runs);
  const training = useStudio((state) => state.steps.train.busy);
  const { lookAtRuns } = useActions();
  const [all, setAll] = useState(false);
  const [remembered] = useState(rememberedRuns);
  // A run of this visit has ended. While one begins, its folder could be taken for what a killed run left.
  useEffect(() => {
    if (!training) lookAtRuns();
  }, [lookAtRuns, training]);
  const listed = stored === null ? error === null && remembered : listedRuns(stored);
  if (error === null && (!listed || listed.rows.length === 0)) return null;
  const { note, rows } = listed || { note: undefined, rows: [] };
  return (
    <Section title="Your runs" note={note}>
      <ErrorNotice error={error} />
      <ul className="runs plain-list" aria-busy={stored === null || undefined}>
        {rows.slice(0, all ? undefined : SHOWN).map((words, place) => {
          const run = stored?.runs[place] ?? null;
          // Of runs that are still being read nothing else is known than their place.
          return <RunRow key={run?.id ?? place} run={run} {...words} />;
        })}
      </ul>
      {rows.length > SHOWN && !all && (
        <Button size="xs" style={{ justifySelf: 'start' }} onClick={() => setAll(true)}>
          Show all {formatCount(rows.length)}
        </Button>
      )}
    </Section>
  );
}

type RowProps = ListedRuns['rows'][number] & {
  /** null while the runs are still being read: the row is as it was last, until something can be done with it. */
  readonly run: StoredRun | null;
};

const Small = (props: ButtonProps & ComponentPropsWithoutRef<'button'>) => (
  <Button size="xs" variant="subtle" {...props} />
);

function RunRow({ run, name, figures }: RowProps) {
  const [doing, setDoing] = useState<'nothing' | 'naming' | 'deleting'>('nothing');
  const busy = useStudio((state) => run === null || selectBusy(state) !== null || state.runs.opening !== null);
  const opening = useStudio((state) => run !== null && state.runs.opening === run.id);
  const { resumeRun, openRun, deleteRun } = useActions();
  const { id, inUse, problem } = run ?? { id: '', inUse: false, problem: null };
  const label = inUse ? 'Watch' : run !== null && isUnfinished(run) ? 'Resume' : 'Open';
  const open = (): void => (label === 'Resume' ? resumeRun(id) : openRun(id, 'train'));
  const stop = (): void => setDoing('nothing');
  const remove = (): void => {
    deleteRun(id);
    stop();
  };
  return (
    <Group component="li" justify="space-between" gap="8px 20px" py={12} aria-label={run?.name}>
      {doing === 'naming' && run !== null ? (
        <NameField run={run} onDone={stop} />
      ) : (
        <Box flex="1 1 32ch" miw={0}>
          <p className="book">{name}</p>
          <p className="small soft tabular">{figures}</p>
        </Box>
      )}
      {doing === 'nothing' && (
        <Group gap="4px 8px">
          {problem === null && (
            <>
              <Small variant={label === 'Resume' ? 'filled' : 'default'} disabled={busy} onClick={open}>
                {opening ? 'Opening' : label}
              </Small>
              <Small disabled={busy} onClick={() => openRun(id, 'export')}>
                Export
              </Small>
              <Small disabled={run === null} onClick={() => setDoing('naming')}>
                Rename
              </Small>
            </>
          )}
          <Small disabled={busy && problem === null} onClick={() => setDoing('deleting')}>
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
