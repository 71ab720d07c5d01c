import { formatCount } from '../../studio/page/format.ts';
import { useActions } from '../../studio/page/useStudio.ts';
import type { Looks } from './useLooks.ts';

/** By which weights, how fast, and what can be done with the tokens. */
export function LookNote({ looks }: { readonly looks: Looks }) {
  const { showAll } = useActions();
  const { written, hidden, outdated, again } = looks;
  if (written === null) return null;
  return (
    <p className="inside-note">
      Point at a token to see it alone; press it to hide it from the model, and again to show it.{' '}
      {hidden !== null && (
        <>
          <button type="button" className="link-button" onClick={showAll}>
            Show all tokens again
          </button>
          .{' '}
        </>
      )}
      By the weights of step {formatCount(written.step)}, in {Math.max(1, Math.round(written.elapsedMs))} ms.{' '}
      {!written.startKnown &&
        'What an opened model started from is not in its files, so nothing is shown before training. '}
      {outdated && (
        <button type="button" className="link-button" onClick={again}>
          Look with the weights of now
        </button>
      )}
    </p>
  );
}
