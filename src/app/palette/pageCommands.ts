/** Everything that can be done from anywhere, by a key or by its name: the one table behind the palette and the sheet of keys. */

import { downloadZip } from '../../steps/export/exportDownload.ts';
import { nameProblem } from '../../steps/export/exportState.ts';
import type { RunPhase } from '../../studio/events.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { STEP_NAMES, STEP_TITLES, type StepName } from '../../studio/page/steps.ts';
import type { StudioState } from '../../studio/page/studioState.ts';
import { chooseFiles } from './chooseFiles.ts';

/** What a command can do beside the store's actions. */
export interface CommandHost {
  /** Tells the person something that is true for a moment, such as "The link is copied." */
  say(words: string): void;
  showPalette(): void;
  showKeys(): void;
  toggleScheme(): void;
  followSystemScheme(): void;
}

export const COMMAND_GROUPS = ['Go to a step', 'The run', 'Texts and models', 'The page'] as const;

export interface Command {
  readonly id: string;
  /** As a verb: "Start training". */
  readonly label: string;
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** The single key that does it, as `KeyboardEvent.key` names it; null: it has none. */
  readonly key: string | null;
  /** Other words that somebody may look for. */
  readonly keywords?: string;
  /** Why it can't be done now, in a sentence, or null. */
  readonly refusal: (state: StudioState) => string | null;
  readonly run: (state: StudioState, host: CommandHost) => void | Promise<void>;
}

const always = (): null => null;
const NO_RUN = 'No run is under way.';
const phaseIs =
  (...phases: RunPhase[]) =>
  ({ train }: StudioState): string | null =>
    phases.includes(train.state.phase) && !train.lookingOn ? null : NO_RUN;

const stepCommand = (step: StepName, index: number): Command => ({
  id: `step-${step}`,
  label: STEP_TITLES[step],
  group: 'Go to a step',
  key: String(index + 1),
  keywords: `go to step ${index + 1}`,
  refusal: always,
  run: ({ actions }) => actions.goTo(step),
});

const RUN_COMMANDS: readonly Command[] = [
  {
    id: 'one-click',
    label: 'Train with the defaults',
    group: 'The run',
    key: null,
    keywords: 'one click all steps unattended',
    refusal: selectBusy,
    run: ({ actions }) => actions.trainWithDefaults(),
  },
  {
    id: 'start',
    label: 'Start training',
    group: 'The run',
    key: 't',
    refusal: (state) =>
      selectBlocked(state, 'train') ??
      firstProblem(state.config, ['pipeline', 'model', 'training']) ??
      selectBusy(state),
    run: ({ actions }) => {
      actions.goTo('train');
      void actions.startTraining();
    },
  },
  {
    id: 'pause',
    label: 'Pause, or resume',
    group: 'The run',
    key: 'p',
    keywords: 'continue go on',
    refusal: phaseIs('running', 'paused'),
    run: ({ actions, train }) => void actions.controlRun(train.state.phase === 'paused' ? 'resume' : 'pause'),
  },
  {
    id: 'stop',
    label: 'Stop the run',
    group: 'The run',
    key: 'S',
    keywords: 'end cancel',
    refusal: phaseIs('preparing', 'running', 'paused'),
    run: ({ actions }) => void actions.controlRun('stop'),
  },
];

const FILE_COMMANDS: readonly Command[] = [
  {
    id: 'open-text',
    label: 'Open text files',
    group: 'Texts and models',
    key: null,
    keywords: 'load corpus txt',
    refusal: selectBusy,
    run: async ({ actions }) => {
      const files = await chooseFiles({ accept: '.txt,text/plain', multiple: true });
      if (files.length === 0) return;
      actions.goTo('data');
      actions.loadData({ kind: 'files', files: files.map((file) => ({ name: file.name, blob: file })) });
    },
  },
  {
    id: 'open-model',
    label: 'Open the zip of a model',
    group: 'Texts and models',
    key: 'o',
    keywords: 'bundle import load',
    refusal: selectBusy,
    run: async ({ actions }) => {
      const [file] = await chooseFiles({ accept: '.zip,application/zip', multiple: false });
      if (file === undefined) return;
      actions.goTo('data');
      actions.openModel({ kind: 'zip', name: file.name, blob: file });
    },
  },
  {
    id: 'export',
    label: 'Download the zip of the model',
    group: 'Texts and models',
    key: 'e',
    keywords: 'export save bundle',
    refusal: (state) => {
      const { name, writing } = state.exportBundle;
      const waiting = selectBlocked(state, 'export') ?? selectBusy(state) ?? nameProblem(name);
      return waiting ?? (writing ? 'The files are being written.' : null);
    },
    run: ({ actions, exportBundle }) => {
      actions.goTo('export');
      return downloadZip(actions, exportBundle.name);
    },
  },
];

const PAGE_COMMANDS: readonly Command[] = [
  {
    id: 'commands',
    label: 'Find a command',
    group: 'The page',
    key: '/',
    refusal: always,
    run: (_, { showPalette }) => showPalette(),
  },
  {
    id: 'copy-link',
    label: 'Copy a link to these settings',
    group: 'The page',
    key: 'c',
    keywords: 'share url address seed',
    refusal: () => (navigator.clipboard === undefined ? 'This page may not write to the clipboard.' : null),
    run: async (_, { say }) => {
      await navigator.clipboard.writeText(window.location.href);
      say('The link is copied. It holds the step, the settings and the seed.');
    },
  },
  {
    id: 'scheme',
    label: 'Light or dark',
    group: 'The page',
    key: 'd',
    keywords: 'colour scheme theme night',
    refusal: always,
    run: (_, { toggleScheme }) => toggleScheme(),
  },
  {
    id: 'system-scheme',
    label: 'Colours as the system has them',
    group: 'The page',
    key: null,
    keywords: 'scheme theme automatic',
    refusal: always,
    run: (_, { followSystemScheme }) => followSystemScheme(),
  },
  {
    id: 'reset',
    label: 'All settings as they were',
    group: 'The page',
    key: null,
    keywords: 'reset defaults',
    refusal: selectBusy,
    run: ({ actions }) => actions.resetSettings(),
  },
  {
    id: 'keys',
    label: 'Keys, and what they do',
    group: 'The page',
    key: '?',
    keywords: 'help shortcuts keyboard',
    refusal: always,
    run: (_, { showKeys }) => showKeys(),
  },
];

export const COMMANDS: readonly Command[] = [
  ...STEP_NAMES.map(stepCommand),
  ...RUN_COMMANDS,
  ...FILE_COMMANDS,
  ...PAGE_COMMANDS,
];
