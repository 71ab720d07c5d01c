import { showSpaces } from '../../design/showSpaces.ts';
import { formatShare } from '../../studio/page/format.ts';
import './guessList.css';

interface GuessListProps {
  readonly guesses: readonly { readonly text: string; readonly probability: number }[];
}

/** What the model would put somewhere, likeliest first, in one line. */
export function GuessList({ guesses }: GuessListProps) {
  return (
    <ol className="guesses">
      {guesses.map(({ text, probability }) => (
        <li key={text}>
          <span className="guess-word">{text.trim() || showSpaces(text)}</span>
          <span className="guess-bar" aria-hidden="true">
            <span style={{ width: `${100 * probability}%` }} />
          </span>
          <span className="guess-share">{formatShare(probability)}</span>
        </li>
      ))}
    </ol>
  );
}
