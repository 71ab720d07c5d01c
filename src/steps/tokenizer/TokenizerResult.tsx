import { Figure, Figures } from '../../design/Figure.tsx';
import { Notice } from '../../design/Notices.tsx';
import { formatCount, formatDuration, significant } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** What the training came to. */
export function TokenizerResult() {
  const summary = useStudio((state) => state.tokenizer.summary);
  const cancelled = useStudio((state) => state.tokenizer.cancelled);
  const notice = cancelled && (
    <Notice>
      The training was cancelled.{' '}
      {summary === null ? 'There is no tokenizer yet.' : 'The tokenizer from before is still here.'}
    </Notice>
  );
  if (summary === null) return notice;
  return (
    <div className="tokenizer-result">
      {notice}
      {summary.shortfall !== null && <Notice>{summary.shortfall}</Notice>}
      <Figures label="The trained tokenizer">
        <Figure
          label="Vocabulary"
          number={formatCount(summary.vocabSize)}
          note={`${formatCount(summary.merges)} merges`}
        />
        <Figure label="Bytes a token" number={significant(summary.bytesPerToken, 3)} />
        <Figure label="Tokens a word" number={significant(summary.tokensPerWord, 3)} note="fertility" />
        <Figure label="Tokens to train on" number={formatCount(summary.trainingTokens)} />
        <Figure label="Tokens held out" number={formatCount(summary.heldOutTokens)} />
        <Figure label="Trained in" {...durationFigure(summary.elapsedMs / 1000)} />
      </Figures>
    </div>
  );
}

function durationFigure(seconds: number): { number: string; unit?: string } {
  if (seconds >= 10) return { number: formatDuration(seconds) };
  return { number: seconds.toFixed(1), unit: 's' };
}
