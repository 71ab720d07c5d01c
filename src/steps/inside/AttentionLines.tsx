import { type KeyboardEvent, memo, useMemo } from 'react';
import type { AttentionMap } from '../../core/inside/attentionMaps.ts';
import { attentionReceived } from '../../core/inside/attentionMaps.ts';
import { formatShare } from '../../studio/page/format.ts';
import type { EncodedToken } from '../tokenizer/tokenizerCommands.ts';
import { attentionLines } from './heat.ts';
import { focusPlace, movedPlace } from './movedPlace.ts';
import { TokenButton, TokenPiece } from './TokenButton.tsx';
import './attentionLines.css';

/** Height of a token in pixels. */
const ROW = 28;

interface AttentionLinesProps {
  readonly tokens: readonly EncodedToken[];
  readonly hidden: readonly number[];
  readonly map: AttentionMap;
  /** The map is a difference. */
  readonly signed: boolean;
  /** The weight that is drawn full. */
  readonly peak: number;
  /** The token that is looked at; null: all of them. */
  readonly current: number | null;
  readonly onCurrent: (place: number | null) => void;
  readonly onToggle: (place: number) => void;
}

/** Each token on the left reads the tokens on the right: the wider the line, the more of it. */
export function AttentionLines({
  tokens,
  hidden,
  map,
  signed,
  peak,
  current,
  onCurrent,
  onToggle,
}: AttentionLinesProps) {
  const count = tokens.length;
  const shares = useMemo(
    () => (current === null ? attentionReceived(map) : map.slice(current * count, (current + 1) * count)),
    [map, current, count],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLOListElement>): void => {
    const next = movedPlace(current ?? 0, event.key, count);
    if (next === null) return;
    event.preventDefault();
    focusPlace(event.currentTarget, next);
  };
  return (
    <div className="attention-lines" onPointerLeave={() => onCurrent(null)}>
      <p className="attention-head">reads</p>
      <span />
      <p className="attention-head attention-head-right">what stands there</p>
      <ol className="attention-from" onKeyDown={onKeyDown}>
        {tokens.map((token, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
          <li key={place}>
            <TokenButton
              token={token}
              place={place}
              hidden={hidden.includes(place)}
              current={place === current}
              reachable={place === (current ?? 0)}
              onCurrent={onCurrent}
              onToggle={onToggle}
            />
          </li>
        ))}
      </ol>
      <Lines map={map} count={count} current={current} peak={peak} />
      <ol className="attention-to" aria-hidden="true">
        {tokens.map((token, place) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={place}
            data-hidden={hidden.includes(place) || undefined}
            data-less={(shares[place] ?? 0) < 0 || undefined}
            style={
              {
                '--share': `${Math.round(100 * Math.min(1, Math.sqrt(Math.abs(shares[place] ?? 0) / peak)))}%`,
              } as React.CSSProperties
            }
          >
            <TokenPiece token={token} />
            <span className="attention-share">{current === null ? '' : shareText(shares[place] ?? 0, signed)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function shareText(share: number, signed: boolean): string {
  if (Math.abs(share) < 0.005) return '';
  return `${signed && share > 0 ? '+' : ''}${formatShare(share, 0)}`;
}

interface LinesProps {
  readonly map: AttentionMap;
  readonly count: number;
  readonly current: number | null;
  readonly peak: number;
}

const Lines = memo(function Lines({ map, count, current, peak }: LinesProps) {
  const lines = useMemo(() => attentionLines(map, count, current, peak), [map, count, current, peak]);
  return (
    <svg
      className="attention-svg"
      viewBox={`0 0 100 ${count * ROW}`}
      preserveAspectRatio="none"
      style={{ height: count * ROW }}
      aria-hidden="true"
    >
      {lines.map(({ from, to, weight }) => (
        <path
          key={`${from} ${to}`}
          className={weight < 0 ? 'attention-line attention-line-less' : 'attention-line'}
          d={`M0 ${(from + 0.5) * ROW}C42 ${(from + 0.5) * ROW} 58 ${(to + 0.5) * ROW} 100 ${(to + 0.5) * ROW}`}
          strokeWidth={0.75 + 4.25 * Math.abs(weight)}
          strokeOpacity={Math.min(1, 0.12 + 0.88 * Math.abs(weight))}
        />
      ))}
    </svg>
  );
});
