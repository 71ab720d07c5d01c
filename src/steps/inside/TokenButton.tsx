import { type ComponentProps, type PointerEvent, useRef } from 'react';
import { showSpaces } from '../../design/showSpaces.ts';
import type { EncodedToken } from '../tokenizer/tokenizerCommands.ts';
import './inside.css';

/** A token in the book face: the space before it as a faint dot. */
export function TokenPiece({ token }: { readonly token: Pick<EncodedToken, 'text' | 'special'> }) {
  if (token.special) return <span className="inside-special">{token.text}</span>;
  const shown = showSpaces(token.text);
  const space = shown.startsWith('·') ? '·' : '';
  return (
    <bdi className="inside-piece">
      {space !== '' && <span className="inside-space">{space}</span>}
      {shown.slice(space.length)}
    </bdi>
  );
}

interface TokenButtonProps {
  readonly token: EncodedToken;
  readonly place: number;
  readonly hidden: boolean;
  readonly current: boolean;
  /** How the keys reach it. */
  readonly reached: Pick<ComponentProps<'button'>, 'tabIndex' | 'onKeyDown' | 'ref'>;
  readonly onCurrent: (place: number) => void;
  readonly onToggle: (place: number) => void;
}

/** A token to look at (by pointing or by focus) and to hide (by pressing it). The first touch only looks. */
export function TokenButton({ token, place, hidden, current, reached, onCurrent, onToggle }: TokenButtonProps) {
  const wasCurrent = useRef(true);
  const words = token.text.trim() || showSpaces(token.text);
  const point = (event: PointerEvent): void => {
    // A move and no mere entering: a page that scrolls under a resting pointer points at nothing.
    if (event.pointerType === 'mouse' && !current) onCurrent(place);
  };
  return (
    <button
      type="button"
      className="inside-token plain-button"
      data-current={current || undefined}
      data-hidden={hidden || undefined}
      aria-label={token.special ? `${token.text}, position ${place}` : `${words}, position ${place}: mask it`}
      {...(!token.special && { 'aria-pressed': hidden })}
      {...reached}
      onPointerMove={point}
      onPointerDown={({ pointerType }) => {
        wasCurrent.current = current || pointerType !== 'touch';
      }}
      onFocus={() => onCurrent(place)}
      onClick={() => {
        if (wasCurrent.current && !token.special) onToggle(place);
        wasCurrent.current = true;
        onCurrent(place);
      }}
    >
      <TokenPiece token={token} />
    </button>
  );
}
