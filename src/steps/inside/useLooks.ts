import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { PlainError } from '../../core/errors.ts';
import type { Params } from '../../studio/client.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { TextLook } from './insideCommands.ts';

const TYPING_MS = 250;
const NOTHING: readonly number[] = [];

export interface Looks {
  /** The sentence as it is written. */
  readonly written: TextLook | null;
  /** With the tokens hidden that the person hid; null where none is. */
  readonly hidden: TextLook | null;
  /** By the weights that the run started from, with the same tokens hidden; null where not asked for. */
  readonly start: TextLook | null;
  readonly error: PlainError | null;
  /** There is no sentence to look at. */
  readonly isEmpty: boolean;
  /** Hides a token, or shows it again. */
  toggle(place: number): void;
  /** Whether the weights changed since. */
  readonly outdated: boolean;
  /** Looks with the weights of now. */
  again(): void;
}

/** The sentence of the Test step on its way through the model, in up to three versions. */
export function useLooks(wantStart: boolean): Looks {
  const text = useStudio((state) => state.test.text);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const hiding = useStudio((state) => state.inside.hiding);
  const places = hiding.text === settled ? hiding.places : NOTHING;
  const models = useStudio((state) => `${state.train.runs.length} ${state.train.state.phase === 'running'}`);
  const [asked, setAsked] = useState(0);
  const version = `${models} ${asked}`;
  const { toggleHidden } = useActions();
  const isEmpty = settled.trim() === '';
  const written = useLook(settled, NOTHING, 'now', !isEmpty, version);
  const hidden = useLook(settled, places, 'now', !isEmpty && places.length > 0, version);
  const startKnown = written.look?.startKnown === true;
  const start = useLook(settled, places, 'start', !isEmpty && wantStart && startKnown, version);
  const shown = written.look;
  const outdated = useStudio(
    ({ train }) => train.state.phase === 'running' && shown !== null && train.state.step > shown.step,
  );
  return {
    written: shown,
    hidden: hidden.look,
    start: start.look,
    isEmpty,
    error: written.error ?? hidden.error ?? start.error,
    toggle: (place) => toggleHidden(settled, place),
    outdated,
    again: () => setAsked((count) => count + 1),
  };
}

/** One look; the one before stays until the next has come. */
function useLook(
  text: string,
  hidden: readonly number[],
  weights: Params<'inside.look'>['weights'],
  wanted: boolean,
  version: string,
) {
  const { data, error } = useEngine('inside.look', wanted ? { text, hidden, weights } : null, { version });
  return { look: error === null ? data : null, error };
}
