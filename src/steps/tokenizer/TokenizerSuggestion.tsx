import { Button } from '@mantine/core';
import { selectSettingsLocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { suggestVocabSize } from '../../text/tokenizer/suggestSize.ts';

/** A vocabulary size for the loaded text, with its reason, and a button that takes it over. */
export function TokenizerSuggestion() {
  const sizeBytes = useStudio((state) => state.data.summary?.sizeBytes ?? null);
  const chosen = useStudio((state) => state.config.tokenizer.vocabSize);
  const locked = useStudio(selectSettingsLocked);
  const { configure } = useActions();
  if (sizeBytes === null) return null;
  const { vocabSize, reason } = suggestVocabSize(sizeBytes);
  return (
    <p className="tokenizer-suggestion">
      {reason}{' '}
      {vocabSize !== chosen && (
        <Button
          variant="default"
          size="xs"
          disabled={locked !== null}
          onClick={() => configure('tokenizer', { vocabSize })}
        >
          Use {vocabSize.toLocaleString('en')}
        </Button>
      )}
    </p>
  );
}
