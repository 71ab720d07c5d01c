import { useEffect, useMemo, useRef, useState } from 'react';
import { LineChoices } from '../../design/LineChoices.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { AttentionLines } from './AttentionLines.tsx';
import { AttentionTable } from './AttentionTable.tsx';
import {
  type Compared,
  type Comparison,
  columnsOf,
  comparedOf,
  mapInWords,
  mostMoved,
  peakOf,
  type Selection,
  selectedMap,
  selectionName,
} from './attentionChoice.ts';
import { HeadGrid } from './HeadGrid.tsx';
import type { TextLook } from './insideCommands.ts';
import { LookNote } from './LookNote.tsx';
import { useLooks } from './useLooks.ts';
import './attentionView.css';

/** More heads than this need the whole width. */
const MANY_HEADS = 6;
const FIRST_HEAD: Selection = { layer: 0, column: 0 };

/** Where the model looks: every head at a glance, one large; before and after training, with and without a word. */
export function AttentionView() {
  const [asked, setComparison] = useState<Comparison>('now');
  const [selection, setSelection] = useState(FIRST_HEAD);
  const looks = useLooks(asked === 'start' || asked === 'training');
  const { written, hidden, start } = looks;
  const isHiding = hidden !== null;
  const wasHiding = useRef(isHiding);
  useEffect(() => {
    // Hiding a word shows what it changes; showing it again leaves nothing to compare with.
    if (isHiding !== wasHiding.current) setComparison(isHiding ? 'hiding' : 'now');
    wasHiding.current = isHiding;
  }, [isHiding]);
  const comparison = asked === 'hiding' && !isHiding ? 'now' : asked;
  const compared = useMemo(
    () => comparedOf({ written, hidden, start }, comparison),
    [written, hidden, start, comparison],
  );
  // The maps before stay until the new ones have come, unless they are of another sentence.
  const [before, setBefore] = useState<Compared | null>(null);
  useEffect(() => {
    if (compared !== null) setBefore(compared);
  }, [compared]);
  if (looks.isEmpty) return <Empty>Write a sentence above to look at.</Empty>;
  if (written === null) return <ErrorNotice error={looks.error} />;
  const look = hidden ?? written;
  const drawn = compared ?? (before?.maps.tokens === look.tokens.length ? before : null);
  return (
    <div className="attention-view">
      <ErrorNotice error={looks.error} />
      <LineChoices
        label="Shown"
        value={comparison}
        onChange={setComparison}
        options={comparisonOptions(written.startKnown, isHiding)}
      />
      {drawn !== null && (
        <Shown look={look} compared={drawn} asked={selection} select={setSelection} toggle={looks.toggle} />
      )}
      <LookNote looks={looks} />
    </div>
  );
}

function comparisonOptions(startKnown: boolean, isHiding: boolean) {
  return [
    { value: 'now' as const, label: 'Trained' },
    ...(startKnown
      ? [
          { value: 'start' as const, label: 'Before training' },
          { value: 'training' as const, label: 'What training changed' },
        ]
      : []),
    ...(isHiding ? [{ value: 'hiding' as const, label: 'What hiding changed' }] : []),
  ];
}

interface ShownProps {
  readonly look: TextLook;
  readonly compared: Compared;
  readonly asked: Selection;
  readonly select: (selection: Selection) => void;
  readonly toggle: (place: number) => void;
}

/** The grid of heads and the chosen one. */
function Shown({ look, compared, asked, select, toggle }: ShownProps) {
  const [pointed, setCurrent] = useState<number | null>(null);
  const { layers, heads } = compared.maps;
  const selection = asked.layer < layers && columnsOf(heads).includes(asked.column) ? asked : FIRST_HEAD;
  const { layer, column } = selection;
  const map = useMemo(() => selectedMap(compared, { layer, column }), [compared, layer, column]);
  const peak = useMemo(() => peakOf(compared), [compared]);
  const most = useMemo(() => mostMoved(compared), [compared]);
  const current = pointed !== null && pointed < look.tokens.length ? pointed : null;
  return (
    <div className="attention-shown" data-many={heads > MANY_HEADS || undefined}>
      <div className="attention-heads">
        <h2>Layers and heads</h2>
        <HeadGrid compared={compared} peak={peak} selection={selection} onSelect={select} />
        <p className="inside-note">
          One row a layer, one column a head; in each, who looks (down) at whom (across).{' '}
          {most !== null && (
            <>
              <DifferenceKey />{' '}
              <button type="button" className="link-button" onClick={() => select(most.selection)}>
                Most of it moved in layer {most.selection.layer + 1}, head {Number(most.selection.column) + 1}
              </button>
            </>
          )}
        </p>
      </div>
      <figure className="attention-large">
        <figcaption aria-live="polite">
          <strong>{selectionName(selection)}</strong> {mapInWords(compared, map)}.
        </figcaption>
        <AttentionLines
          tokens={look.tokens}
          hidden={look.hidden}
          map={map}
          signed={compared.minus !== null}
          peak={peak}
          current={current}
          onCurrent={setCurrent}
          onToggle={toggle}
        />
        <AttentionTable tokens={look.tokens} map={map} signed={compared.minus !== null} />
      </figure>
    </div>
  );
}

/** What the two colours mean. */
function DifferenceKey() {
  return (
    <>
      <span className="key-more">More</span> than before, <span className="key-less">less</span> than before.
    </>
  );
}
