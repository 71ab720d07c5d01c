import { useEffect, useRef } from 'react';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectBlocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

/** Typing in a field draws only when the person has stopped for this long. */
const WAIT_MS = 350;

/** Keeps the batch on the page true to the settings: draws it on arrival and after every change that can be drawn. */
export function useLiveBatch(): void {
  const ready = useStudio(
    (state) => selectBlocked(state, 'pipeline') === null && firstProblem(state.config, ['pipeline']) === null,
  );
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
