import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { useEffect } from 'react';
import { selectStatus } from '../../studio/page/selectors.ts';
import { STEP_NAMES, STEP_TITLES } from '../../studio/page/steps.ts';
import type { StudioState } from '../../studio/page/studioState.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { STATUS_WORDS } from '../StepRail.tsx';
import { Key } from './Key.tsx';
import { COMMAND_GROUPS, COMMANDS, type Command } from './pageCommands.ts';

interface CommandPaletteProps {
  /** Opens whenever it grows. */
  readonly wished: number;
  readonly onChoose: (command: Command) => void;
}

/** Every command by its name. What can't be done now says why. */
export default function CommandPalette({ wished, onChoose }: CommandPaletteProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further wish opens it again
  useEffect(() => spotlight.open(), [wished]);
  const notes = useStudio(notesOf);
  const groups: SpotlightActionGroupData[] = Object.entries(COMMAND_GROUPS).map(([group, commands]) => ({
    group,
    actions: commands.map((command) => ({
      id: command.label,
      label: command.label,
      keywords: command.keywords ?? '',
      description: notes.split('\n')[COMMANDS.indexOf(command)] ?? '',
      ...(command.key !== undefined && { rightSection: <Key name={command.key} /> }),
      onClick: () => onChoose(command),
    })),
  }));
  return (
    <Spotlight
      actions={groups}
      title="Commands"
      shortcut={null}
      nothingFound="No matching commands."
      searchProps={{ placeholder: 'What do you want to do?', 'aria-label': 'Find a command' }}
      classNames={{ header: 'visually-hidden' }}
      styles={{ content: { border: '1px solid var(--hairline-strong)' } }}
      scrollable
      maxHeight={440}
      // Its top stays where it is while typing makes the list shorter.
      centered={false}
      yOffset="12dvh"
      highlightQuery
      transitionProps={{ duration: 100 }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      // A list that is longer than its place can be scrolled with the keys too.
      scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'Commands', role: 'group' } }}
    />
  );
}

/** A line for each command: how a step stands, or why something can't be done now. A text, so that it compares. */
function notesOf(state: StudioState): string {
  return COMMANDS.map((command) => {
    const step = STEP_NAMES.find((name) => command.label === STEP_TITLES[name]);
    if (step === undefined) return command.refusal?.(state) ?? '';
    return state.steps[step].line ?? STATUS_WORDS[selectStatus(state, step)];
  }).join('\n');
}
