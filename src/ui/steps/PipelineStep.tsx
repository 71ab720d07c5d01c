import { Button } from '@mantine/core';
import { formatCount, formatShare } from '../../store/format.ts';
import { firstProblem } from '../../store/limits.ts';
import { selectBlocked, selectSettingsLocked } from '../../store/selectors.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { ErrorNotice } from '../design/ErrorNotice.tsx';
import { Figure } from '../design/Figure.tsx';
import { StepPage } from '../design/StepPage.tsx';
import { PipelineBatch } from './PipelineBatch.tsx';
import { PipelineFields } from './PipelineFields.tsx';
import './PipelineStep.css';
import { useLiveBatch } from './useLiveBatch.ts';

/** Step 3: how text becomes rows, which tokens are hidden, and a real batch to look at. */
export default function PipelineStep() {
  const batch = useStudio((state) => state.pipeline.batch);
  const batchStep = useStudio((state) => state.pipeline.batchStep);
  const error = useStudio((state) => state.steps.pipeline.error);
  const blocked = useStudio((state) => selectBlocked(state, 'pipeline'));
  const locked = useStudio(selectSettingsLocked);
  const problem = useStudio((state) => firstProblem(state.config, ['pipeline']));
  const lossPositions = useStudio((state) => state.config.pipeline.lossPositions);
  const { drawBatch } = useActions();
  useLiveBatch();
  const reason = blocked ?? problem;
  return (
    <StepPage step="pipeline">
      <PipelineFields locked={locked} />
      {error !== null && <ErrorNotice error={error} />}
      {batch !== null && (
        <div className="figures">
          <Figure label="Rows an epoch" value={formatCount(batch.rowsPerEpoch)} />
          <Figure label="Padding" value={formatShare(batch.paddingShare)} hint="Positions of an epoch that hold no text." />
          <Figure label="Chosen here" value={formatShare(batch.maskedShare)} hint="Of this batch’s tokens." />
        </div>
      )}
      <div className="step-actions">
        <Button variant="default" disabled={reason !== null} onClick={() => void drawBatch(batchStep + 1)}>
          Redraw
        </Button>
        <span className="reason">
          {reason ?? (batch === null ? '' : `The batch of step ${formatCount(batchStep + 1)}, as training would read it.`)}
        </span>
      </div>
      {batch !== null && <PipelineBatch batch={batch} readEveryLabel={lossPositions === 'all'} />}
    </StepPage>
  );
}
