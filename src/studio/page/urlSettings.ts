/**
 * A run is a link: the step and every setting that differs from the defaults, in the part of the address after `#`.
 *
 *     #tokenizer?tokenizer.vocabSize=2048&training.seed=7
 *
 * An address is written by anyone, so each value goes through the schema of its field; a value that is not possible is
 * left out, with a notice.
 */
import * as v from 'valibot';
import {
  DEFAULT_CONFIG,
  FIELD_PATHS,
  type FieldPath,
  type RunConfig,
  readField,
  settingOf,
  withField,
} from '../../core/config.ts';
import { schemaOf } from '../../core/validation.ts';
import { configProblems } from './limits.ts';
import { STEP_NAMES, type StepName } from './steps.ts';
import type { Studio } from './studioState.ts';

export interface UrlSettings {
  readonly step: StepName;
  readonly config: RunConfig;
  /** What was left out; empty if nothing was. */
  readonly notices: readonly string[];
}

/** The hash of an address, with `#`. Impossible values are left out. */
export function writeHash(step: StepName, config: RunConfig): string {
  const problems = configProblems(config);
  const values = FIELD_PATHS.filter(
    (path) => readField(config, path) !== readField(DEFAULT_CONFIG, path) && !problems.has(path),
  ).map((path) => `${path}=${encodeURIComponent(String(readField(config, path)))}`);
  return values.length === 0 ? `#${step}` : `#${step}?${values.join('&')}`;
}

/** What an address says; everything else is as by default. */
export function readHash(hash: string): UrlSettings {
  const [name = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const step = STEP_NAMES.find((known) => known === name) ?? 'data';
  let config = DEFAULT_CONFIG;
  const refused: string[] = [];
  for (const [key, text] of new URLSearchParams(query)) {
    const path = FIELD_PATHS.find((known) => known === key);
    const value = path && readValue(path, text);
    if (path === undefined || value === undefined) refused.push(`${key}=${text}`);
    else config = withField(config, path, value);
  }
  const notices = refused.length === 0 ? [] : [noticeOf(refused)];
  if (configProblems(config).size > 0) {
    notices.push('The settings in this link are incompatible with each other. The defaults are used instead.');
    config = DEFAULT_CONFIG;
  }
  return { step, config, notices };
}

function readValue(path: FieldPath, text: string): string | number | undefined {
  const setting = settingOf(path);
  const isNumber = setting.kind !== 'choice';
  if (isNumber && text.trim() === '') return undefined;
  const result = v.safeParse(schemaOf(path), isNumber ? Number(text) : text);
  return result.success ? result.output : undefined;
}

function noticeOf(refused: readonly string[]): string {
  const shown = refused.slice(0, 3).map((text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text));
  const more = refused.length > shown.length ? ` and ${refused.length - shown.length} more` : '';
  return `This link contains invalid settings: ${shown.join(', ')}${more}. The defaults are used instead.`;
}

/** Typing settles before the address follows. */
const WRITE_AFTER_MS = 250;

/** What an entry of the browser's history holds: going back or forward changes the step, and no setting. */
const entryOf = (step: StepName) => ({ step });

function stepOfEntry(entry: unknown): StepName | undefined {
  const step = (entry as ReturnType<typeof entryOf> | null)?.step;
  return STEP_NAMES.find((name) => name === step);
}

/**
 * Keeps the address and the store the same. A step that the person goes to is an entry of the history, so that Back leads to
 * the step before; a setting changes the entry in place. A hash that is typed or pasted into the open page goes into the store:
 * a bare step, such as `#train`, changes the step alone.
 */
export function followAddress(studio: Pick<Studio, 'getState' | 'subscribe'>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (how: 'pushState' | 'replaceState'): void => {
    clearTimeout(timer);
    const { currentStep, config } = studio.getState();
    window.history[how](entryOf(currentStep), '', writeHash(currentStep, config));
  };
  write('replaceState');
  studio.subscribe((state, before) => {
    if (state.currentStep !== before.currentStep) {
      const isThere = stepOfEntry(window.history.state) === state.currentStep;
      // The walk through all steps is one entry: nobody went to each of them.
      write(isThere || state.oneClick?.phase === 'walking' ? 'replaceState' : 'pushState');
    } else if (state.config !== before.config) {
      clearTimeout(timer);
      timer = setTimeout(write, WRITE_AFTER_MS, 'replaceState');
    }
  });
  window.addEventListener('popstate', ({ state }) => {
    const step = stepOfEntry(state);
    if (step === undefined) return;
    studio.getState().actions.goTo(step);
    write('replaceState');
  });
  window.addEventListener('hashchange', () => {
    // An entry of ours was read above.
    if (stepOfEntry(window.history.state) !== undefined) return;
    const { actions } = studio.getState();
    const { hash } = window.location;
    const link = readHash(hash);
    // The browser has made an entry for it already.
    window.history.replaceState(entryOf(link.step), '');
    if (hash.includes('?')) actions.adoptLink(link);
    else actions.goTo(link.step);
    write('replaceState');
  });
}
