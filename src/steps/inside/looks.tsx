import { Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import type { Params } from '../../studio/client.ts';
import { formatCount } from '../../studio/page/format.ts';
import { type Answered, useEngine } from '../../studio/page/useEngine.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { TextLook } from './insideCommands.ts';

const TYPING_MS = 250;
const NOTHING: readonly number[] = [];

/** The weights that a view looks with: those of when a run began or ended, or of when somebody asked last. */
export function useWeights() {
  const models = useStudio((state) => `${state.train.runs.length} ${state.train.state.phase === 'running'}`);
  const [asked, setAsked] = useState(0);
  return { version: `${models} ${asked}`, askAgain: () => setAsked(asked + 1) };
}

interface NewerWeightsProps {
  /** Of the weights that are shown. */
  readonly step: number;
  readonly onAsk: () => void;
  readonly children: string;
}

/** The way to the weights of now. Draws nothing where they are the ones that are shown. */
export function NewerWeights({ step, onAsk, children }: NewerWeightsProps) {
  const outdated = useStudio(({ train }) => train.state.phase === 'running' && train.state.step > step);
  if (!outdated) return null;
  return (
    <button type="button" className="link-button" onClick={onAsk}>
      {children}
    </button>
  );
}

export type Looks = ReturnType<typeof useLooks>;

/** The sentence of the Test step on its way through the model, in up to three versions. */
export function useLooks(wantStart: boolean) {
  const text = useStudio((state) => state.test.text);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const hiding = useStudio((state) => state.inside.hiding);
  const places = hiding.text === settled ? hiding.places : NOTHING;
  const { version, askAgain } = useWeights();
  const { toggleHidden } = useActions();
  const isEmpty = settled.trim() === '';
  const query = (weights: Params<'inside.look'>['weights'], hidden: readonly number[], wanted: boolean) =>
    wanted && !isEmpty ? { text: settled, hidden, weights } : null;
  const written = useEngine('inside.look', query('now', NOTHING, true), { version });
  const hidden = useEngine('inside.look', query('now', places, places.length > 0), { version });
  const startKnown = lookOf(written)?.startKnown === true;
  const start = useEngine('inside.look', query('start', places, wantStart && startKnown), { version });
  return {
    /** The sentence as it is written. */
    written: lookOf(written),
    /** With the tokens hidden that the person hid; null where none is. */
    hidden: lookOf(hidden),
    /** By the weights that the run started from, with the same tokens hidden; null where not asked for. */
    start: lookOf(start),
    isEmpty,
    error: written.error ?? hidden.error ?? start.error,
    toggle: (place: number) => toggleHidden(settled, place),
    again: askAgain,
  };
}

const lookOf = ({ data, error }: Answered<'inside.look'>): TextLook | null => (error === null ? data : null);

interface LookViewProps {
  readonly looks: Looks;
  /** What pointing and clicking do here. */
  readonly hint: string;
  readonly children: (look: TextLook) => ReactNode;
}

/** A view of the sentence, with the tokens hidden that the person hid; under it by which weights, and what can be done with the tokens. */
export function LookView({ looks: { written, hidden, isEmpty, error, again }, hint, children }: LookViewProps) {
  const { showAll } = useActions();
  if (isEmpty) return <Empty>Type a sentence above.</Empty>;
  if (written === null) return <ErrorNotice error={error} />;
  return (
    <Stack gap={24} miw={0}>
      <ErrorNotice error={error} />
      {children(hidden ?? written)}
      <p className="small soft">
        {hint}{' '}
        {hidden !== null && (
          <>
            <button type="button" className="link-button" onClick={showAll}>
              Show all tokens again
            </button>
            .{' '}
          </>
        )}
        With the weights of step {formatCount(written.step)}, in {Math.max(1, Math.round(written.elapsedMs))} ms.{' '}
        {!written.startKnown &&
          'The files of an opened model do not contain its initial weights, so the model before training can’t be shown. '}
        <NewerWeights step={written.step} onAsk={again}>
          Use the newest weights
        </NewerWeights>
      </p>
    </Stack>
  );
}
