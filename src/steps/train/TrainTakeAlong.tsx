import { Box, Button, Flex } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useMemo } from 'react';
import { StudioError } from '../../core/errors.ts';
import { ErrorNotice } from '../../design/Notices.tsx';
import { saveBlob } from '../../design/saveBlob.ts';
import { writeHash } from '../../studio/page/urlSettings.ts';
import { readStudio } from '../../studio/page/useStudio.ts';
import { fileNameOf } from '../export/exportDownload.ts';
import { type OtherRun, USUAL_SMOOTHING } from './trainChartData.ts';
import type { RunRecord } from './trainState.ts';
import { useAttempt } from './useAttempt.ts';

interface TrainTakeAlongProps {
  readonly run: RunRecord;
  /** Runs beside it, itself among them. */
  readonly runs: readonly RunRecord[];
  readonly others: readonly OtherRun[];
  readonly vocabSize: number;
}

const COPIED_MS = 2500;

/** A report of the run to save, and a link that brings its settings back. */
export function TrainTakeAlong({ run, runs, others, vocabSize }: TrainTakeAlongProps) {
  const [problem, attempt] = useAttempt();
  const { copy, copied, error: refused } = useClipboard({ timeout: COPIED_MS });
  const hash = useMemo(() => writeHash('train', run.config), [run.config]);
  const saveReport = async (): Promise<void> => {
    const { reportHtml } = await import('../../charts/report/reportHtml.ts');
    const { answers, savedSteps } = readStudio().train;
    const shown = { run, runs, others, vocabSize, answers, savedSteps };
    const report = await reportHtml({ ...shown, smoothing: USUAL_SMOOTHING, madeMs: Date.now(), hash });
    saveBlob(new Blob([report], { type: 'text/html' }), `${fileNameOf(run.name)}-report.html`);
  };
  return (
    <Flex component="section" wrap="wrap" align="center" gap="12px 16px" aria-label="Save and share the run">
      <Button size="xs" onClick={() => attempt(saveReport)}>
        Save a report
      </Button>
      <Button size="xs" onClick={() => copy(new URL(hash, window.location.href).href)}>
        {copied ? 'Copied' : 'Copy a link to its settings'}
      </Button>
      <Box component="p" flex="1 1 320px" className="soft small">
        The report is one HTML file with charts, figures, predictions and settings, to read or print. The link brings
        back every setting and the seed, but not the text.
      </Box>
      <ErrorNotice error={problem ?? (refused && StudioError.from(refused).toPlain())} />
    </Flex>
  );
}
