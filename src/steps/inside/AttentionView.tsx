import { Flex, Stack } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { strongest } from '../../core/inside/attentionMaps.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { ChoiceField, type Options } from '../../design/Field.tsx';
import { AttentionLines, shareText } from './AttentionLines.tsx';
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
import { LookView, useLooks } from './looks.tsx';
import { TokenPiece } from './TokenButton.tsx';
import './attentionView.css';
import { saveSvg } from '../../design/saveBlob.ts';
import { showSpaces } from '../../design/showSpaces.ts';
import { attentionSvg } from './insidePictures.ts';

/** More heads than this need the whole width. */
const MANY_HEADS = 6;
const FIRST_HEAD: Selection = { layer: 0, column: 0 };
/** The strongest weights of a token that the table lists. */
const LISTED = 5;

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
  return (
    <LookView
      looks={looks}
      hint="Point to a token to see only its attention; click it to mask it, and again to show it."
    >
      {(look) => {
        const drawn = compared ?? (before?.maps.tokens === look.tokens.length ? before : null);
        return (
          <>
            <ChoiceField
              inLine
              label="Show"
              value={comparison}
              onChange={setComparison}
              options={comparisonOptions(look.startKnown, isHiding)}
            />
            {drawn !== null && (
              <Shown look={look} compared={drawn} asked={selection} select={setSelection} toggle={looks.toggle} />
            )}
          </>
        );
      }}
    </LookView>
  );
}

function comparisonOptions(startKnown: boolean, isHiding: boolean): Options<Comparison> {
  return {
    now: ['Current weights'],
    ...(startKnown && { start: ['Before training'], training: ['Change due to training'] }),
    ...(isHiding && { hiding: ['Change due to masking'] }),
  };
}

interface ShownProps {
  readonly look: TextLook;
  readonly compared: Compared;
  readonly asked: Selection;
  readonly select: (selection: Selection) => void;
  readonly toggle: (place: number) => void;
}

/** The grid of heads and the chosen one, large and in figures. */
function Shown({ look, compared, asked, select, toggle }: ShownProps) {
  const [pointed, setCurrent] = useState<number | null>(null);
  const { layers, heads } = compared.maps;
  const { tokens } = look;
  const selection = asked.layer < layers && columnsOf(heads).includes(asked.column) ? asked : FIRST_HEAD;
  const { layer, column } = selection;
  const map = useMemo(() => selectedMap(compared, { layer, column }), [compared, layer, column]);
  const peak = useMemo(() => peakOf(compared), [compared]);
  const most = useMemo(() => mostMoved(compared), [compared]);
  const current = pointed !== null && pointed < tokens.length ? pointed : null;
  const signed = compared.minus !== null;
  return (
    <div className="attention-shown" data-many={heads > MANY_HEADS || undefined}>
      <Stack className="attention-heads" gap={14}>
        <h2>Layers and heads</h2>
        <HeadGrid compared={compared} peak={peak} selection={selection} onSelect={select} />
        <p className="small soft">
          One row per layer, one column per head; in each map, rows are queries and columns are keys.{' '}
          {most !== null && (
            <>
              <span className="key-more">More</span> than before, <span className="key-less">less</span> than before.{' '}
              <button type="button" className="link-button" onClick={() => select(most.selection)}>
                Largest change: layer {most.selection.layer + 1}, head {Number(most.selection.column) + 1}
              </button>
            </>
          )}
        </p>
      </Stack>
      <Flex component="figure" direction="column" className="attention-large" gap={14} m={0} miw={0}>
        <figcaption className="book soft" aria-live="polite">
          <strong>{`${selectionName(selection)}${signed ? ':' : ''}`}</strong> {mapInWords(compared, map)}.
        </figcaption>
        <AttentionLines
          look={look}
          map={map}
          signed={signed}
          peak={peak}
          current={current}
          onCurrent={setCurrent}
          onToggle={toggle}
        />
        <button
          type="button"
          className="link-button small"
          style={{ alignSelf: 'start' }}
          onClick={() => {
            const words = tokens.map(({ special, text }) => (special ? text : showSpaces(text)));
            saveSvg(attentionSvg(selectionName(selection), words, map, peak), 'attention.svg');
          }}
        >
          Save as SVG
        </button>
        <DisclosedTable
          summary={signed ? 'The largest changes as a table' : 'The largest weights as a table'}
          content={() => ({
            rows: tokens,
            columns: [
              { head: 'Position', cell: (_, place) => place },
              { head: 'Token', names: true, cell: (token) => <TokenPiece token={token} /> },
              {
                head: signed ? 'Largest changes' : 'Attends most to',
                cell: (_, place) =>
                  strongest(map, place, LISTED).map(({ to, weight }) => {
                    const [token, words] = [tokens[to], shareText(weight, signed)];
                    return (
                      token !== undefined &&
                      words !== '' && (
                        <span key={to} className="listed soft">
                          <TokenPiece token={token} /> {words}
                        </span>
                      )
                    );
                  }),
              },
            ],
          })}
        />
      </Flex>
    </div>
  );
}
