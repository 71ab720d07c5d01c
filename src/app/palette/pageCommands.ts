/** Everything that can be done from anywhere, by a key or by its name: the one table behind the palette and the sheet of keys. */

import { ARCHIVES } from '../../steps/data/openModelState.ts';
import { downloadZip } from '../../steps/export/exportDownload.ts';
import { selectExportRefusal } from '../../steps/export/exportState.ts';
import type { RunPhase } from '../../studio/events.ts';
import { selectBusy, selectRefusal } from '../../studio/page/selectors.ts';
import { STEP_NAMES, STEP_TITLES, type StepName } from '../../studio/page/steps.ts';
import type { StudioState } from '../../studio/page/studioState.ts';

/** What a command can do beside the store's actions. */
export interface CommandHost {
  /** Tells the person something that is true for a moment, such as "The link is copied." */
  say(words: string): void;
  showPalette(): void;
  showKeys(): void;
  toggleScheme(): void;
  followSystemScheme(): void;
}

export interface Command {
  /** As a verb: "Start training"; no two are the same. */
  readonly label: string;
  /** The single key that does it, as `KeyboardEvent.key` names it. */
  readonly key?: string;
  /** Other words that somebody may look for. */
  readonly keywords?: string;
  /** Why it can't be done now, in a sentence, or null; without it, it always can. */
  readonly refusal?: (state: StudioState) => string | null;
  readonly run: (state: StudioState, host: CommandHost) => void | Promise<void>;
}

const NO_RUN = 'No run is in progress.';
const phaseIs =
  (...phases: RunPhase[]) =>
  ({ train }: StudioState): string | null =>
    phases.includes(train.state.phase) && !train.lookingOn ? null : NO_RUN;

const stepCommand = (step: StepName, index: number): Command => ({
  label: STEP_TITLES[step],
  key: String(index + 1),
  keywords: `go to step ${index + 1}`,
  run: ({ actions }) => actions.goTo(step),
});

/** The browser's own dialogue for files, from anywhere. @returns nothing if it was closed */
function chooseFiles(options: { readonly accept: string; readonly multiple: boolean }): Promise<File[]> {
  const input = Object.assign(document.createElement('input'), { type: 'file', ...options });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

export const COMMAND_GROUPS: Readonly<Record<string, readonly Command[]>> = {
  'Go to a step': STEP_NAMES.map(stepCommand),
  'The run': [
    {
      label: 'Train with the defaults',
      keywords: 'one click all steps unattended',
      refusal: selectBusy,
      run: ({ actions }) => actions.trainWithDefaults(),
    },
    {
      label: 'Start training',
      key: 't',
      refusal: (state) => selectRefusal(state, 'train'),
      run: ({ actions }) => {
        actions.goTo('train');
        void actions.startTraining();
      },
    },
    {
      label: 'Pause or resume',
      key: 'p',
      keywords: 'continue go on resume',
      refusal: phaseIs('running', 'paused'),
      run: ({ actions, train }) => void actions.controlRun(train.state.phase === 'paused' ? 'resume' : 'pause'),
    },
    {
      label: 'Stop the run',
      key: 'S',
      keywords: 'end cancel',
      refusal: phaseIs('preparing', 'running', 'paused'),
      run: ({ actions }) => void actions.controlRun('stop'),
    },
  ],
  'Texts and models': [
    {
      label: 'Open text files',
      keywords: 'load corpus txt',
      refusal: selectBusy,
      run: async ({ actions }) => {
        const files = await chooseFiles({ accept: '', multiple: true });
        if (files.length === 0) return;
        actions.goTo('data');
        actions.loadData({ kind: 'files', files: files.map((file) => ({ name: file.name, blob: file })) });
      },
    },
    {
      label: 'Open a model archive',
      key: 'o',
      keywords: 'bundle import load',
      refusal: selectBusy,
      run: async ({ actions }) => {
        const [file] = await chooseFiles({ accept: ARCHIVES, multiple: false });
        if (file === undefined) return;
        actions.goTo('data');
        actions.openModel({ kind: 'zip', name: file.name, blob: file });
      },
    },
    {
      label: 'Download the model zip',
      key: 'e',
      keywords: 'export save bundle',
      refusal: selectExportRefusal,
      run: ({ actions, exportBundle }) => {
        actions.goTo('export');
        return downloadZip(actions, exportBundle.name);
      },
    },
  ],
  'The page': [
    {
      label: 'Find a command',
      key: '/',
      run: (_, { showPalette }) => showPalette(),
    },
    {
      label: 'Copy a link to these settings',
      key: 'c',
      keywords: 'share url address seed',
      refusal: () => (navigator.clipboard === undefined ? 'This page can’t write to the clipboard.' : null),
      run: async (_, { say }) => {
        await navigator.clipboard.writeText(window.location.href);
        say('The link is copied. It contains the step, the settings and the seed.');
      },
    },
    {
      label: 'Toggle light or dark theme',
      key: 'd',
      keywords: 'colour scheme theme night',
      run: (_, { toggleScheme }) => toggleScheme(),
    },
    {
      label: 'Use the system theme',
      keywords: 'scheme theme automatic',
      run: (_, { followSystemScheme }) => followSystemScheme(),
    },
    {
      label: 'Reset all settings to the defaults',
      keywords: 'reset defaults',
      refusal: selectBusy,
      run: ({ actions }) => actions.resetSettings(),
    },
    {
      label: 'Keyboard shortcuts',
      key: '?',
      keywords: 'help shortcuts keyboard',
      run: (_, { showKeys }) => showKeys(),
    },
  ],
};

export const COMMANDS: readonly Command[] = Object.values(COMMAND_GROUPS).flat();
