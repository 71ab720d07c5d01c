import { Modal, SimpleGrid, Switch, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useStudio } from '../../studio/page/useStudio.ts';
import { Key } from './Key.tsx';
import { COMMAND_GROUPS } from './pageCommands.ts';

interface KeySheetProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly singleKeys: boolean;
  readonly onSingleKeys: (on: boolean) => void;
}

/** The keys, and what they do. Single keys can be turned off: a slip, or speech, may press them unmeant. */
export default function KeySheet({ opened, onClose, singleKeys, onSingleKeys }: KeySheetProps) {
  const ready = useStudio((state) => state.offline.ready);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard shortcuts"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close the keyboard shortcuts' }}
    >
      <SimpleGrid minColWidth="min(100%, 240px)" autoFlow="auto-fit" spacing={40} verticalSpacing={24} className="keys">
        {Object.keys(COMMAND_GROUPS).map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <Table data={{ body: rowsOf(group) }} />
          </section>
        ))}
      </SimpleGrid>
      <Switch
        mt={24}
        label="Single-key shortcuts"
        description="Ignored while you type. When off, only Ctrl K (⌘ K on a Mac) works."
        checked={singleKeys}
        onChange={(event) => onSingleKeys(event.currentTarget.checked)}
      />
      {ready && <p className="small soft">Folio is stored on this device and works offline.</p>}
    </Modal>
  );
}

function rowsOf(group: string): ReactNode[][] {
  const keyed = (COMMAND_GROUPS[group] ?? []).flatMap(({ label, key }) =>
    key ? [[label, <Key key={key} name={key} />]] : [],
  );
  if (group !== 'The page') return keyed;
  const everywhere = (
    <>
      <Key name="Ctrl K" /> or <Key name="⌘ K" />
    </>
  );
  return [...keyed, ['Find a command (also while typing)', everywhere]];
}
