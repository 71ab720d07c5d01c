import { Button } from '@mantine/core';
import { RangeChart } from '../../charts/RangeChart.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { significant } from '../../studio/page/format.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { currentEngine, useActions, useStudio } from '../../studio/page/useStudio.ts';

/** The learning-rate range test: a button, a chart, and a rate to take over. */
export function TrainRange() {
  const { done, points, result } = useStudio((state) => state.range);
  const blocked = useStudio((state) => selectBlocked(state, 'train') ?? selectBusy(state));
  const chosen = useStudio((state) => state.config.training.learningRate);
  const { testRange, configure } = useActions();
  return (
    <div className="train-range">
      <p className="soft small">
        120 steps on a model that is thrown away, at rates from 0.00001 up to 1. Where the loss turns upwards, the rate
        is too high. A good one lies somewhat below.
      </p>
      {done === null ? (
        <Button variant="default" disabled={blocked !== null} onClick={() => void testRange()}>
          Test learning rates
        </Button>
      ) : (
        <>
          <ProgressLine label="Testing learning rates" done={done} detail={`${Math.round(100 * done)}%`} />
          <Button variant="default" onClick={() => currentEngine().cancel('train.range')}>
            Cancel
          </Button>
        </>
      )}
      {points.length > 1 && <RangeChart points={points} suggested={result?.suggested ?? null} />}
      {result !== null && (
        <p>
          The loss was lowest at {significant(result.lowest, 2)}; a third of it is {result.suggested}.{' '}
          {result.suggested !== chosen && (
            <Button
              variant="default"
              size="xs"
              onClick={() => configure('training', { learningRate: result.suggested })}
            >
              Use {result.suggested}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
