/** What a run's report tells, as plain data. */
import type { Answers } from '../../core/answers.ts';
import type { OtherRun } from '../../steps/train/trainChartData.ts';
import type { RunRecord } from '../../steps/train/trainState.ts';

export interface Report {
  readonly run: RunRecord;
  /** Runs beside it, itself among them; drawn and compared where there is more than one. */
  readonly runs: readonly RunRecord[];
  readonly others: readonly OtherRun[];
  readonly answers: readonly Answers[];
  readonly savedSteps: readonly number[];
  readonly vocabSize: number;
  /** Weight of the charts' moving average. */
  readonly smoothing: number;
  /** Milliseconds since 1970. */
  readonly madeMs: number;
  /** The settings as a link's part after `#`. */
  readonly hash: string;
}
