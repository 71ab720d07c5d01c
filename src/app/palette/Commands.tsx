import { useMantineColorScheme } from '@mantine/core';
import { useLocalStorage, useWindowEvent } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useState } from 'react';
import { messageOf } from '../../core/errors.ts';
import { readStudio } from '../../studio/page/useStudio.ts';
import { commandOf, opensPalette, type PressedOn } from './keyOf.ts';
import type { Command, CommandHost } from './pageCommands.ts';
import './commands.css';

// Neither is needed before somebody asks for it.
const CommandPalette = lazy(() => import('./CommandPalette.tsx'));
const KeySheet = lazy(() => import('./KeySheet.tsx'));

/** What was said goes away again after this long. */
const SAID_MS = 4000;

/** Keys, palette, sheet of keys, and what a command has to say. @param asked grows with each press of the header’s button */
export function Commands({ asked }: { readonly asked: number }) {
  const [palette, setPalette] = useState(0);
  const [sheet, setSheet] = useState<'never' | 'open' | 'closed'>('never');
  const [said, setSaid] = useState('');
  const [singleKeys, setSingleKeys] = useLocalStorage({ key: 'folio-single-keys', defaultValue: true });
  const { toggleColorScheme, setColorScheme } = useMantineColorScheme();
  const host: CommandHost = {
    say: setSaid,
    showPalette: () => setPalette((times) => times + 1),
    showKeys: () => setSheet('open'),
    toggleScheme: toggleColorScheme,
    followSystemScheme: () => setColorScheme('auto'),
  };
  const perform = (command: Command): void => void performCommand(command, host);
  // Not while a dialogue is open, which has keys of its own.
  useWindowEvent('keydown', (event) => {
    if (opensPalette(event)) {
      event.preventDefault();
      return host.showPalette();
    }
    if (!singleKeys || document.querySelector('[role="dialog"]') !== null) return;
    const command = commandOf(event, (event.target ?? document.body) as unknown as PressedOn);
    if (command === null) return;
    event.preventDefault();
    perform(command);
  });
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const wished = asked + palette;
  return (
    <>
      <Suspense fallback={null}>
        {wished > 0 && <CommandPalette wished={wished} onChoose={perform} />}
        {sheet !== 'never' && (
          <KeySheet
            opened={sheet === 'open'}
            onClose={() => setSheet('closed')}
            singleKeys={singleKeys}
            onSingleKeys={setSingleKeys}
          />
        )}
      </Suspense>
      <p className="said" role="status">
        {said}
      </p>
    </>
  );
}

async function performCommand(command: Command, host: CommandHost): Promise<void> {
  const state = readStudio();
  const refusal = command.refusal?.(state) ?? null;
  if (refusal !== null) return host.say(refusal);
  try {
    await command.run(state, host);
  } catch (thrown) {
    host.say(`“${command.label}” did not work: ${messageOf(thrown)}`);
  }
}
