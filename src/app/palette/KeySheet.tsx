import { Modal, Switch } from '@mantine/core';
import { useStudio } from '../../studio/page/useStudio.ts';
import { Key } from './Key.tsx';
import { COMMAND_GROUPS, COMMANDS } from './pageCommands.ts';

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
      title="Keys"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close the keys' }}
    >
      <div className="keys">
        {COMMAND_GROUPS.map((group) => (
          <section key={group}>
            <h3 className="keys-group">{group}</h3>
            <dl className="keys-list">
              {COMMANDS.filter((command) => command.group === group && command.key !== null).map(
                ({ id, label, key }) => (
                  <div key={id} className="keys-line">
                    <dt>{label}</dt>
                    <dd>
                      <Key name={key ?? ''} />
                    </dd>
                  </div>
                ),
              )}
              {group === 'The page' && (
                <div className="keys-line">
                  <dt>Find a command, from a field too</dt>
                  <dd>
                    <Key name="Ctrl K" /> or <Key name="⌘ K" />
                  </dd>
                </div>
              )}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        className="keys-switch"
        label="Single keys"
        description="They never count while you type in a field. Off, only Ctrl K is left."
        checked={singleKeys}
        onChange={(event) => onSingleKeys(event.currentTarget.checked)}
      />
      {ready && <p className="keys-offline">Folio is kept on this device and opens without a network.</p>}
    </Modal>
  );
}
