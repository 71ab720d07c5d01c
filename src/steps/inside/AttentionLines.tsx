import { useRovingIndex } from '@mantine/hooks';
import { type CSSProperties, memo, useMemo } from 'react';
import type { AttentionMap } from '../../core/inside/attentionMaps.ts';
import { attentionReceived } from '../../core/inside/attentionMaps.ts';
import { formatShare } from '../../studio/page/format.ts';
import { attentionLines } from './heat.ts';
import type { TextLook } from './insideCommands.ts';
import { TokenButton, TokenPiece } from './TokenButton.tsx';
import './attentionLines.css';

/** Height of a token in pixels. */
const ROW = 28;

interface AttentionLinesProps {
  readonly look: TextLook;
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
export function AttentionLines({ look, map, signed, peak, current, onCurrent, onToggle }: AttentionLinesProps) {
  const { tokens, hidden } = look;
  const count = tokens.length;
  const shares = useMemo(
    () => (current === null ? attentionReceived(map) : map.slice(current * count, (current + 1) * count)),
    [map, current, count],
  );
  const { getItemProps } = useRovingIndex({
    total: count,
    orientation: 'both',
    loop: false,
    focusedIndex: current ?? 0,
    onFocusChange: onCurrent,
  });
  return (
    <div className="attention-lines" onPointerLeave={() => onCurrent(null)}>
      <p className="tiny faint">query</p>
      <span />
      <p className="tiny faint">key</p>
      <ol className="plain-list">
        {tokens.map((token, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
          <li key={place}>
            <TokenButton
              token={token}
              place={place}
              hidden={hidden.includes(place)}
              current={place === current}
              reached={getItemProps({ index: place })}
              onCurrent={onCurrent}
              onToggle={onToggle}
            />
          </li>
        ))}
      </ol>
      <Lines map={map} count={count} current={current} peak={peak} />
      <ol className="attention-to plain-list" aria-hidden="true">
        {tokens.map((token, place) => {
          const share = shares[place] ?? 0;
          const width = Math.min(1, Math.sqrt(Math.abs(share) / peak));
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={place}
              data-hidden={hidden.includes(place) || undefined}
              data-less={share < 0 || undefined}
              style={{ '--share': `${Math.round(100 * width)}%` } as CSSProperties}
            >
              <TokenPiece token={token} />
              <span className="attention-share tiny tabular soft">
                {current === null ? '' : shareText(share, signed)}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** A share, or of a difference a change; nothing where it would read 0%. */
export function shareText(share: number, signed: boolean): string {
  if (Math.abs(share) < 0.005) return '';
  return `${signed && share > 0 ? '+' : ''}${formatShare(share, 0)}`;
}

type LinesProps = Pick<AttentionLinesProps, 'map' | 'current' | 'peak'> & { readonly count: number };

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
          data-less={weight < 0 || undefined}
          d={`M0 ${(from + 0.5) * ROW}C42 ${(from + 0.5) * ROW} 58 ${(to + 0.5) * ROW} 100 ${(to + 0.5) * ROW}`}
          strokeWidth={0.75 + 4.25 * Math.abs(weight)}
          strokeOpacity={Math.min(1, 0.12 + 0.88 * Math.abs(weight))}
        />
      ))}
    </svg>
  );
});
