import { Button } from '@mantine/core';
import { useId } from 'react';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

/** The one button that does everything. */
export function DataOneClick() {
  const busy = useStudio(selectBusy);
  const name = useStudio(({ data }) => textName(data.summary?.isSonnets ?? true, data.summary?.sourceNames ?? []));
  const { trainWithDefaults } = useActions();
  const noteId = useId();
  return (
    <div className="data-one-click">
      <Button size="md" onClick={trainWithDefaults} disabled={busy !== null} aria-describedby={noteId}>
        Train with the defaults
      </Button>
      <p id={noteId} className="small soft">
        {busy ?? `All seven steps on ${name}, unattended, in a size that this device trains in about three minutes.`}
      </p>
    </div>
  );
}

function textName(isSonnets: boolean, names: readonly string[]): string {
  if (isSonnets) return 'the sonnets';
  return names.length === 1 ? `“${names[0]}”` : 'your text';
}
