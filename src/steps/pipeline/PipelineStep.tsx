import { useEffect, useRef } from 'react';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { ChangeNote, StepBar } from '../../app/stepLinks.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { formatCount, formatShare } from '../../studio/page/format.ts';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectBlocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { PipelineBatch } from './PipelineBatch.tsx';
import type { BatchPreview } from './pipelineCommands.ts';

/** Step 3: how text becomes rows, which tokens are hidden, and a real batch to look at. */
export default function PipelineStep() {
  const { batch, batchStep } = useStudio((state) => state.pipeline);
  const error = useStudio((state) => state.steps.pipeline.error);
  const done = useStudio((state) => state.steps.pipeline.result === 'fresh');
  const reason = useStudio((state) => selectBlocked(state, 'pipeline') ?? firstProblem(state.config, 'pipeline'));
  const readEveryLabel = useStudio((state) => state.config.pipeline.lossPositions === 'all');
  const { drawBatch } = useActions();
  useLiveBatch(reason === null);
  return (
    <StepPage
      title="Pipeline"
      lead="How the text becomes sequences of tokens, and which tokens are masked."
      meaning={MEANING}
      actions={
        <StepBar
          step="pipeline"
          done={done}
          label="Next batch"
          onClick={() => void drawBatch(batchStep + 1)}
          disabledReason={reason}
          note="Shows the batch of the next step."
        />
      }
    >
      <SettingsForm of="pipeline" />
      <ChangeNote step="pipeline" />
      <ErrorNotice error={error} />
      <Section
        title="Batch"
        {...(batch !== null && {
          note: `The sequences that step ${formatCount(batchStep + 1)} of training would read.`,
        })}
      >
        {batch === null ? (
          <Empty>{reason ?? 'The batch is being drawn.'}</Empty>
        ) : (
          <>
            <BatchFigures batch={batch} />
            <PipelineBatch batch={batch} readEveryLabel={readEveryLabel} />
          </>
        )}
      </Section>
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      A masked language model learns by filling gaps. Some tokens of each sequence are chosen; most are replaced by{' '}
      <code>&lt;mask&gt;</code>, and the model predicts what stood there from the tokens on both sides.
    </p>
    <p>
      A sequence starts with <code>&lt;s&gt;</code> and ends with <code>&lt;/s&gt;</code>. These, and line breaks, are
      never chosen: they are structure, and too easy to predict.
    </p>
    <p>The same seed and step always give the same batch, so that a run can be repeated bit for bit.</p>
  </>
);

function BatchFigures({ batch }: { readonly batch: BatchPreview }) {
  return (
    <Figures label="The pipeline in figures">
      <Figure
        label="Sequences per epoch"
        number={formatCount(batch.rowsPerEpoch)}
        note="one pass over the training text"
      />
      <Figure label="Padding" number={formatShare(batch.paddingShare)} note={paddingCost(batch.paddingShare)} />
      <Figure label="Chosen for prediction" number={formatShare(batch.maskedShare)} note="of this batch’s tokens" />
    </Figures>
  );
}

/** What padding costs in words. @example paddingCost(0.75) === "of the positions: each token costs 4.0 times as much" */
function paddingCost(share: number): string {
  if (share < 0.01) return 'of an epoch’s positions';
  return `of the positions: each token costs ${(1 / (1 - share)).toFixed(1)} times as much`;
}

const WAIT_MS = 350;

/** Keeps the batch on the page true to the settings: draws it on arrival and after every change that can be drawn. */
function useLiveBatch(ready: boolean): void {
  const fresh = useStudio(({ steps, pipeline, config }) => {
    const sameRows = pipeline.batch?.rows === config.training.batchSize;
    return steps.pipeline.result === 'fresh' && sameRows;
  });
  const settings = useStudio(({ config }) => JSON.stringify([config.pipeline, config.training.batchSize]));
  const { drawBatch } = useActions();
  /** What was tried last: a batch that could not be drawn is not tried again with the same settings. */
  const tried = useRef('');
  useEffect(() => {
    if (!ready || fresh || tried.current === settings) return;
    const timer = setTimeout(
      () => {
        tried.current = settings;
        void drawBatch();
      },
      tried.current === '' ? 0 : WAIT_MS,
    );
    return () => clearTimeout(timer);
  }, [ready, fresh, settings, drawBatch]);
}
