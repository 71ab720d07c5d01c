import type { EncodedToken } from '../steps/tokenizer/tokenizerCommands.ts';
import { showSpaces } from './showSpaces.ts';
import './tokenText.css';

/** How many tints follow each other; neighbours always differ. */
const TINTS = 5;

interface TokenTextProps {
  readonly tokens: readonly EncodedToken[];
  readonly label: string;
}

/** A text coloured by token, each with its id under it and its spelling in the byte alphabet on hover. */
export function TokenText({ tokens, label }: TokenTextProps) {
  return (
    <ol className="token-text" aria-label={label}>
      {tokens.map((token, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
          key={index}
          className={token.special ? 'token token-special' : `token token-${index % TINTS}`}
          title={`${token.token}, id ${token.id}`}
        >
          <span className="token-piece">{showSpaces(token.text)}</span>
          <span className="token-id">{token.id}</span>
        </li>
      ))}
    </ol>
  );
}
