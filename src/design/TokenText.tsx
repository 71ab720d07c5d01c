import { Group } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { EncodedToken } from '../steps/tokenizer/tokenizerCommands.ts';
import { showSpaces } from './showSpaces.ts';
import './tokenText.css';

/** Tints that follow each other, of `tokens.css`: neighbours always differ. */
const TINTS = ['train', 'held-out', 'predicted', 'other', 'reference'];

/** A text coloured by token, each with its id under it and its spelling in the byte alphabet on hover. */
export function TokenText({ tokens, label }: { readonly tokens: readonly EncodedToken[]; readonly label: string }) {
  return (
    <Group component="ol" gap="6px 2px" m={0} p={0} dir="auto" aria-label={label}>
      {tokens.map((token, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
          key={index}
          className={token.special ? 'token token-special' : 'token'}
          // What it is called has no say in which way the text runs.
          {...(token.special && { dir: 'ltr' })}
          style={token.special ? {} : ({ '--tint': `var(--data-${TINTS[index % TINTS.length]})` } as CSSProperties)}
          title={`${token.token}, ID ${token.id}`}
        >
          <span className={token.special ? 'mono small soft' : 'book'}>{showSpaces(token.text)}</span>
          <span className="token-id mono soft">{token.id}</span>
        </li>
      ))}
    </Group>
  );
}
