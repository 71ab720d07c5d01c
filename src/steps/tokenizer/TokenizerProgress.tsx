import { ProgressLine } from '../../design/ProgressLine.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { currentEngine, useStudio } from '../../studio/page/useStudio.ts';

/** How far the training is. */
export function TokenizerProgress() {
  const progress = useStudio((state) => state.tokenizer.progress);
  // The walk through all steps has a Cancel of its own, which ends this too.
  const walking = useStudio(({ oneClick }) => oneClick?.phase === 'walking');
  const merging = progress?.phase === 'merging';
  const rate = progress?.mergesPerSecond ?? 0;
  return (
    <ProgressLine
      label={merging ? `Joining pairs, ${formatCount(progress.vocabSize)} tokens so far` : 'Counting words'}
      done={progress?.done ?? null}
      {...(merging && rate > 0 && { detail: `${formatCount(rate)} merges a second` })}
      secondsLeft={progress?.etaSeconds ?? null}
      {...(!walking && { onCancel: () => currentEngine().cancel('tokenizer.train') })}
    />
  );
}
