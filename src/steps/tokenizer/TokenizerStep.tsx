import { Button } from '@mantine/core';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { ChangeNote, StepBar } from '../../app/stepLinks.tsx';
import { counted } from '../../core/counts.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { ErrorNotice, Notice } from '../../design/Notices.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { StepPage } from '../../design/StepPage.tsx';
import { formatCount, formatDuration, significant } from '../../studio/page/format.ts';
import { selectSettingsLocked } from '../../studio/page/selectors.ts';
import { currentEngine, useActions, useStudio } from '../../studio/page/useStudio.ts';
import { suggestVocabSize } from '../../text/tokenizer/suggestSize.ts';
import { OpenedNotice } from '../data/DataOpenModel.tsx';
import { TokenizerViews } from './TokenizerViews.tsx';

/** Step 2: train the tokenizer, then look into it. */
export default function TokenizerStep() {
  const error = useStudio((state) => state.steps.tokenizer.error);
  const busy = useStudio((state) => state.steps.tokenizer.busy);
  return (
    <StepPage
      title="Tokenizer"
      lead="Splits the text into tokens that are frequent enough to learn from."
      meaning={MEANING}
      actions={<TokenizerActions />}
    >
      <OpenedNotice />
      <SettingsForm of="tokenizer" />
      <TokenizerSuggestion />
      <ChangeNote step="tokenizer" />
      {busy && <TokenizerProgress />}
      <ErrorNotice error={error} />
      <TokenizerResult />
      <TokenizerViews />
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      A model reads numbers, not letters. The tokenizer starts from the 256 bytes and merges the most frequent adjacent
      pair, then the next, until the vocabulary is full (byte-level BPE).
    </p>
    <p>
      Frequent words end up as one token, rare ones as several, and nothing is ever unknown, since every text is made of
      bytes. The tokenizer is trained on the training text only.
    </p>
  </>
);

function TokenizerActions() {
  const result = useStudio((state) => state.steps.tokenizer.result);
  const { trainTokenizer } = useActions();
  return (
    <StepBar
      step="tokenizer"
      done={result === 'fresh'}
      label="Train tokenizer"
      onClick={trainTokenizer}
      {...(result === 'stale' && { note: 'Settings or text have changed: train it again.' })}
    />
  );
}

const UNKNOWN_SIZE = { characters: 99_999, wideCharacters: 0, frequentCharacters: 0 };

function TokenizerSuggestion() {
  const text = useStudio((state) => state.data.summary);
  const reading = useStudio((state) => state.steps.data.busy);
  const chosen = useStudio((state) => state.config.tokenizer.vocabSize);
  const locked = useStudio((state) => selectSettingsLocked(state, 'tokenizer'));
  const { configure } = useActions();
  // The place of the sentence, so that nothing moves when it comes.
  if (text === null && reading) {
    return (
      <p className="small" style={{ visibility: 'hidden' }}>
        {suggestVocabSize(UNKNOWN_SIZE).reason}
      </p>
    );
  }
  if (text === null) return null;
  const { vocabSize, reason } = suggestVocabSize(text);
  const use = (): void => configure('tokenizer', { vocabSize });
  return (
    <p className="small soft">
      {reason}{' '}
      {vocabSize !== chosen && (
        <Button size="xs" disabled={locked !== null} onClick={use}>
          Use {formatCount(vocabSize)}
        </Button>
      )}
    </p>
  );
}

function TokenizerProgress() {
  const progress = useStudio((state) => state.tokenizer.progress);
  // The walk through all steps has a Cancel of its own, which ends this too.
  const walking = useStudio(({ oneClick }) => oneClick?.phase === 'walking');
  const merging = progress?.phase === 'merging';
  const rate = progress?.mergesPerSecond ?? 0;
  return (
    <ProgressLine
      label={merging ? `Merging pairs, ${formatCount(progress.vocabSize)} tokens so far` : 'Counting words'}
      done={progress?.done ?? null}
      {...(merging && rate > 0 && { detail: `${counted(Math.round(rate), 'merge')} per second` })}
      secondsLeft={progress?.etaSeconds ?? null}
      {...(!walking && { onCancel: () => currentEngine().cancel('tokenizer.train') })}
    />
  );
}

function TokenizerResult() {
  const { summary, cancelled } = useStudio((state) => state.tokenizer);
  return (
    <>
      {cancelled && (
        <Notice>
          Training was cancelled. {summary === null ? 'There is no tokenizer yet.' : 'The previous tokenizer is kept.'}
        </Notice>
      )}
      {summary !== null && summary.shortfall !== null && <Notice>{summary.shortfall}</Notice>}
      {summary !== null && (
        <Figures label="The trained tokenizer" width={100}>
          <Figure label="Vocabulary" number={formatCount(summary.vocabSize)} note={counted(summary.merges, 'merge')} />
          <Figure label="Bytes per token" number={significant(summary.bytesPerToken, 3)} />
          <Figure label="Tokens per word" number={significant(summary.tokensPerWord, 3)} note="fertility" />
          <Figure label="Training tokens" number={formatCount(summary.trainingTokens)} />
          <Figure label="Held-out tokens" number={formatCount(summary.heldOutTokens)} />
          <Figure label="Trained in" {...durationFigure(summary.elapsedMs / 1000)} />
        </Figures>
      )}
    </>
  );
}

function durationFigure(seconds: number): { number: string; unit?: string } {
  if (seconds >= 10) return { number: formatDuration(seconds) };
  return { number: seconds.toFixed(1), unit: 's' };
}
