import { Button, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type FieldPath, readField, settingOf } from '../../core/config.ts';
import { SelectField } from '../../design/Field.tsx';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { MOST_RUNS, readSweep, SWEPT_PATHS } from './sweepState.ts';

const FIRST_PATH: FieldPath = 'training.learningRate';

/** Several runs over one setting, one after another. */
export function TrainSweep() {
  const [path, setPath] = useState<FieldPath>(FIRST_PATH);
  const [text, setText] = useState('');
  const config = useStudio((state) => state.config);
  const blocked = useStudio((state) => selectBlocked(state, 'train') ?? selectBusy(state));
  const { startSweep } = useActions();
  const values = readSweep(config, path, text);
  const problem = typeof values === 'string' ? values : null;
  return (
    <Stack gap={16} maw={520} align="flex-start">
      <SelectField
        label="Setting"
        value={path}
        onChange={setPath}
        data={SWEPT_PATHS.map((value) => ({ value, label: settingOf(value).term }))}
      />
      <TextInput
        label="Values"
        description={`Up to ${MOST_RUNS} values, separated by commas; currently ${readField(config, path)}. Each value gets a full run from new weights; everything else stays as it is. The run with the lowest held-out loss is kept on this device; of the others only the figures are kept, until you close the page.`}
        placeholder="0.0005, 0.0015, 0.0045"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text === '' ? null : problem}
      />
      <Button
        disabled={blocked !== null || problem !== null}
        onClick={() => {
          if (typeof values === 'string') return;
          void startSweep(path, values);
          // The chart is what there is to see now.
          window.scrollTo({ top: 0 });
        }}
      >
        {typeof values === 'string' ? 'Start the runs' : `Start ${values.length} runs`}
      </Button>
      {blocked !== null && <p className="soft small">{blocked}</p>}
    </Stack>
  );
}

/** Which run of how many is under way, and a way out. */
export function SweepProgress() {
  const sweep = useStudio((state) => state.sweep);
  const { stopSweep } = useActions();
  if (sweep === null) return null;
  const { path, values, at, stopping } = sweep;
  return (
    <p className="small">
      Run {at + 1} of {values.length}: {settingOf(path).term} {String(values[at])}.{' '}
      {stopping ? (
        'Stopping this run and the sweep.'
      ) : (
        <Button size="xs" onClick={stopSweep}>
          Stop all
        </Button>
      )}
    </p>
  );
}
