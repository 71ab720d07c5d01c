import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type PlainError, StudioError } from '../../core/errors.ts';
import { ErrorNotice } from '../../design/Notices.tsx';
import { writeHash } from '../../studio/page/urlSettings.ts';
import { readStudio } from '../../studio/page/useStudio.ts';
import { downloadBlob } from '../export/exportDownload.ts';
import { fileNameOf } from './fileNameOf.ts';
import { type OtherRun, USUAL_SMOOTHING } from './trainChartData.ts';
import type { RunRecord } from './trainState.ts';

interface TrainTakeAlongProps {
  readonly run: RunRecord;
  /** Runs beside it, itself among them. */
  readonly runs: readonly RunRecord[];
  readonly others: readonly OtherRun[];
  readonly vocabSize: number;
}

/** How long "Copied" stands there. */
const COPIED_MS = 2500;

/** A report of the run to save, and a link that brings its settings back. */
export function TrainTakeAlong({ run, runs, others, vocabSize }: TrainTakeAlongProps) {
  const [problem, setProblem] = useState<PlainError | null>(null);
  const [copied, setCopied] = useState(false);
  const hash = useMemo(() => writeHash('train', run.config), [run.config]);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setProblem(null);
    try {
      await work();
    } catch (thrown) {
      setProblem(StudioError.from(thrown).toPlain());
    }
  };
  const saveReport = async (): Promise<void> => {
    const { reportHtml } = await import('../../charts/report/reportHtml.ts');
    const { answers, savedSteps } = readStudio().train;
    const report = {
      run,
      runs,
      others,
      vocabSize,
      answers,
      savedSteps,
      smoothing: USUAL_SMOOTHING,
      madeMs: Date.now(),
      hash,
    };
    downloadBlob(new Blob([await reportHtml(report)], { type: 'text/html' }), `${fileNameOf(run.name)}-report.html`);
  };
  const copyLink = async (): Promise<void> => {
    await navigator.clipboard.writeText(new URL(hash, window.location.href).href);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <section className="train-take" aria-label="Take the run along">
      <Button variant="default" size="xs" onClick={() => void attempt(saveReport)}>
        Save a report
      </Button>
      <Button variant="default" size="xs" onClick={() => void attempt(copyLink)}>
        {copied ? 'Copied' : 'Copy a link to its settings'}
      </Button>
      <p className="soft small">
        The report is one HTML file with charts, figures, answers and settings, to read or print. The link brings back
        every setting and the seed, and not the text.
      </p>
      <ErrorNotice error={problem} />
    </section>
  );
}
