import { Stack, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { ErrorNotice } from '../../design/Notices.tsx';
import { TokenText } from '../../design/TokenText.tsx';
import { plural, significant } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import type { EncodedToken } from './tokenizerCommands.ts';

const EXAMPLE = "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:";
/** What is typed is encoded whole; this many tokens are drawn. */
const MOST_SHOWN = 1500;
const TYPING_MS = 120;

/** Any text, cut and coloured as the tokenizer cuts it. */
export function TokenizerPlayground({ version }: { readonly version: number }) {
  const [text, setText] = useState(EXAMPLE);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const { data, error } = useEngine('tokenizer.encode', { text: settled }, { version });
  const tokens = data ?? [];
  return (
    <Stack gap={20}>
      <Textarea
        label="Any text"
        description="In any language. What the tokenizer has not met falls into more pieces."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        classNames={{ input: 'book' }}
      />
      <ErrorNotice error={error} />
      <TokenText tokens={tokens.slice(0, MOST_SHOWN)} label="The text, cut into tokens" />
      <p className="small soft tabular" role="status">
        {countInWords(settled, tokens)}
      </p>
    </Stack>
  );
}

/** @example "21 tokens for 16 words and 78 bytes: 1.31 tokens a word (fertility), 3.71 bytes a token." */
function countInWords(text: string, tokens: readonly EncodedToken[]): string {
  const ordinary = tokens.filter(({ special }) => !special).length;
  const words = text.match(/\S+/gu)?.length ?? 0;
  const bytes = new TextEncoder().encode(text).length;
  if (ordinary === 0 || words === 0) return 'Nothing to cut yet.';
  const shown = tokens.length > MOST_SHOWN ? ` The first ${plural(MOST_SHOWN, 'token')} are shown.` : '';
  return (
    `${plural(ordinary, 'token')} for ${plural(words, 'word')} and ${plural(bytes, 'byte')}: ` +
    `${significant(ordinary / words, 3)} tokens a word (fertility), ${significant(bytes / ordinary, 3)} bytes a token. ` +
    `<s> and </s> mark its beginning and its end.${shown}`
  );
}
